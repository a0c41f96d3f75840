/* Signatures by libsodium: Ed25519. */
#ifndef MOTE_SODIUM_VERIFY_H
#define MOTE_SODIUM_VERIFY_H

#include "port/crypto.h"

mote_verify_t mote_sodium_verify;

#endif
