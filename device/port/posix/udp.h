/* Datagrams of a process: a UDP socket that is connected to one server. */
#ifndef MOTE_UDP_H
#define MOTE_UDP_H

#include "port/datagram.h"

typedef struct {
  int socket; /* -1 until it is open */
} mote_udp_t;

/* Datagrams to and from this IPv4 address; `ready` is false where no socket can be had. */
mote_datagram_t mote_udp_open(mote_udp_t *udp, const uint8_t address[4], uint16_t port);

/* Waits until a datagram is there, or until this time is over. */
void mote_udp_wait(const mote_udp_t *udp, uint32_t milliseconds);

#endif
