/* The network device of QEMU's machines without a chip of their own: virtio over memory-mapped registers. */
#ifndef MOTE_VIRTIO_NET_H
#define MOTE_VIRTIO_NET_H

#include "port/ethernet.h"

extern const mote_ethernet_t mote_virtio_net;

#endif
