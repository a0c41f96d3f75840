/* Signatures by PQClean: ML-DSA-65. */
#ifndef MOTE_PQCLEAN_VERIFY_H
#define MOTE_PQCLEAN_VERIFY_H

#include "port/crypto.h"

mote_verify_t mote_pqclean_verify;

#endif
