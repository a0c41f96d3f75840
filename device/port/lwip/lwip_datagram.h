/* Datagrams by lwIP over one network interface, which has its address by DHCP. */
#ifndef MOTE_LWIP_DATAGRAM_H
#define MOTE_LWIP_DATAGRAM_H

#include "port/datagram.h"
#include "port/ethernet.h"

/* Time and random numbers are those of `of`; the rest of it is not used. Only once: lwIP is one for all. */
mote_datagram_t mote_lwip_start(const mote_ethernet_t *ethernet, const uint8_t server[4], uint16_t port,
                                const mote_datagram_t *of);

/* Takes frames and lets timers run; whether a datagram of the server waits. */
bool mote_lwip_poll(void);

#endif
