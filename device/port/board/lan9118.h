/* SMSC's LAN9118, as it is on Arm's MPS2 boards. */
#ifndef MOTE_LAN9118_H
#define MOTE_LAN9118_H

#include "port/ethernet.h"

extern const mote_ethernet_t mote_lan9118;

#endif
