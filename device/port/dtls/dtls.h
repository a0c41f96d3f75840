/* Datagrams by DTLS 1.2 with a pre-shared key, by Mbed TLS 2.28, over other datagrams. What is sent before a session stands is lost:
 * `ready` says when, and is what moves the handshake on. */
#ifndef MOTE_DTLS_H
#define MOTE_DTLS_H

#include <mbedtls/ssl.h>

#include "port/datagram.h"

typedef struct {
  mote_datagram_t under;
  mbedtls_ssl_config config;
  mbedtls_ssl_context session;
  bool set;    /* there was memory for it */
  bool stands; /* shaken hands */
  bool pausing; /* the last handshake failed */
  uint32_t paused_at;
  uint32_t timer_at;
  uint32_t intermediate;
  uint32_t final; /* 0: the timer is off */
} mote_dtls_t;

/* `identity` and `key` are copied; `under` stays in use. False when there is no memory; the datagrams are never ready then.
 *
 * @param made  what the client is to use; its `restart` starts a new session */
bool mote_dtls_start(mote_dtls_t *dtls, const mote_datagram_t *under, const char *identity, const uint8_t *key, uint32_t key_size,
                     mote_datagram_t *made);

#endif
