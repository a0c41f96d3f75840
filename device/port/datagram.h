/* What the LwM2M client needs of a network: datagrams to and from one server, time and random numbers. Nothing here waits. */
#ifndef MOTE_DATAGRAM_H
#define MOTE_DATAGRAM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  void *context;
  /* Whether datagrams can be sent: the link is up, a secure session stands. It is asked again and again, and may be what
   * makes that so. */
  bool (*ready)(void *context);
  /* Sends one datagram; it may be lost, as any may be. */
  void (*send)(void *context, const uint8_t *bytes, uint32_t size);
  /* The next datagram from the server; 0 when there is none. What does not fit is cut off. */
  uint32_t (*receive)(void *context, uint8_t *bytes, uint32_t room);
  /* The server does not answer any more: forgets a session, if there is one, and starts a new one. */
  void (*restart)(void *context);
  /* Milliseconds since any time; they wrap around. */
  uint32_t (*now)(void *context);
  /* 32 bits that nobody can foretell. */
  uint32_t (*random)(void *context);
  bool secure; /* whether this is DTLS: what scheme a URI of the server has */
} mote_datagram_t;

#endif
