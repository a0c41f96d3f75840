#include "port/dtls/dtls.h"

#include <string.h>

/* Of a handshake, in milliseconds: until a flight is sent again, at first and at most; and until a new one is tried. */
enum { FIRST_TIMEOUT = 1000, LAST_TIMEOUT = 30000, PAUSE = 3000, LARGEST_DATAGRAM = 1280 };

static uint32_t now(const mote_dtls_t *d) { return d->under.now(d->under.context); }

static uint32_t now_of(void *context) { return now(context); }

static uint32_t random_of(void *context) {
  const mote_dtls_t *d = context;
  return d->under.random(d->under.context);
}

static int send_under(void *context, const unsigned char *bytes, size_t size) {
  const mote_dtls_t *d = context;
  d->under.send(d->under.context, bytes, (uint32_t)size);
  return (int)size;
}

static int receive_under(void *context, unsigned char *bytes, size_t room) {
  const mote_dtls_t *d = context;
  uint32_t size = d->under.receive(d->under.context, bytes, (uint32_t)room);
  return size == 0 ? MBEDTLS_ERR_SSL_WANT_READ : (int)size;
}

static int random_bytes(void *context, unsigned char *bytes, size_t size) {
  const mote_dtls_t *d = context;
  for (size_t at = 0; at < size; at += sizeof(uint32_t)) {
    uint32_t number = d->under.random(d->under.context);
    memcpy(bytes + at, &number, size - at < sizeof number ? size - at : sizeof number);
  }
  return 0;
}

static void set_timer(void *context, uint32_t intermediate, uint32_t final) {
  mote_dtls_t *d = context;
  d->timer_at = now(d);
  d->intermediate = intermediate;
  d->final = final;
}

static int get_timer(void *context) {
  const mote_dtls_t *d = context;
  uint32_t passed = now(d) - d->timer_at;
  if (d->final == 0) {
    return -1;
  }
  return passed >= d->final ? 2 : passed >= d->intermediate;
}

static bool again(int result) { return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE; }

static void forget(mote_dtls_t *d) {
  d->stands = false;
  (void)mbedtls_ssl_session_reset(&d->session);
}

static bool ready(void *context) {
  mote_dtls_t *d = context;
  if (!d->set || !d->under.ready(d->under.context) || (d->pausing && now(d) - d->paused_at < PAUSE)) {
    return false;
  }
  d->pausing = false;
  if (!d->stands) {
    int result = mbedtls_ssl_handshake(&d->session);
    d->stands = result == 0;
    if (result != 0 && !again(result)) {
      forget(d);
      d->pausing = true;
      d->paused_at = now(d);
    }
  }
  return d->stands;
}

static void send_datagram(void *context, const uint8_t *bytes, uint32_t size) {
  mote_dtls_t *d = context;
  if (d->stands) {
    (void)mbedtls_ssl_write(&d->session, bytes, size);
  }
}

static uint32_t receive(void *context, uint8_t *bytes, uint32_t room) {
  mote_dtls_t *d = context;
  if (!d->stands) {
    return 0;
  }
  int result = mbedtls_ssl_read(&d->session, bytes, room);
  if (result > 0) {
    return (uint32_t)result;
  }
  if (!again(result)) {
    forget(d); /* the server has closed it: a new one is shaken hands for when it is needed */
  }
  return 0;
}

static void restart(void *context) {
  mote_dtls_t *d = context;
  if (d->stands) {
    (void)mbedtls_ssl_close_notify(&d->session);
  }
  forget(d);
}

bool mote_dtls_start(mote_dtls_t *d, const mote_datagram_t *under, const char *identity, const uint8_t *key, uint32_t key_size,
                     mote_datagram_t *made) {
  const mote_datagram_t over = {d, ready, send_datagram, receive, restart, now_of, random_of, true};
  memset(d, 0, sizeof *d);
  *made = over;
  d->under = *under;
  mbedtls_ssl_init(&d->session);
  mbedtls_ssl_config_init(&d->config);
  d->set = mbedtls_ssl_config_defaults(&d->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_DATAGRAM,
                                       MBEDTLS_SSL_PRESET_DEFAULT) == 0 &&
           mbedtls_ssl_conf_psk(&d->config, key, key_size, (const unsigned char *)identity, strlen(identity)) == 0;
  mbedtls_ssl_conf_rng(&d->config, random_bytes, d);
  mbedtls_ssl_conf_min_version(&d->config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_handshake_timeout(&d->config, FIRST_TIMEOUT, LAST_TIMEOUT);
  d->set = d->set && mbedtls_ssl_setup(&d->session, &d->config) == 0;
  mbedtls_ssl_set_mtu(&d->session, LARGEST_DATAGRAM);
  mbedtls_ssl_set_timer_cb(&d->session, d, set_timer, get_timer);
  mbedtls_ssl_set_bio(&d->session, d, send_under, receive_under, NULL);
  return d->set;
}
