/* A network interface: frames of Ethernet, without the checksum behind them. Nothing here waits. */
#ifndef MOTE_ETHERNET_H
#define MOTE_ETHERNET_H

#include <stdbool.h>
#include <stdint.h>

#define MOTE_ETHERNET_MOST_BYTES 1514u

typedef struct {
  /* Switches it on; false when there is none. */
  bool (*start)(uint8_t address[6]);
  /* False when it has no room now. */
  bool (*send)(const uint8_t *frame, uint32_t size);
  /* The next frame, cut off at `room`; 0 when there is none. */
  uint32_t (*receive)(uint8_t *frame, uint32_t room);
} mote_ethernet_t;

#endif
