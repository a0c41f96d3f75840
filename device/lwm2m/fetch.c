/* A file that is fetched from the server, block by block: RFC 7959, Block2. */
#include <string.h>

#include "lwm2m/client.h"

enum { NEVER = 60000, BLOCK_EXPONENT = 6, MOST_FAILURES = 6, PAUSE = 4000, LONGEST_PAUSE = 60000 };

bool mote_lwm2m_fetch(mote_lwm2m_t *c, const char *path, uint32_t offset, const mote_fetch_hooks_t *hooks) {
  mote_fetch_t *f = &c->fetch;
  memset(f, 0, sizeof *f);
  if (strlen(path) >= sizeof f->path) {
    return false;
  }
  strcpy(f->path, path);
  f->offset = offset;
  f->exponent = BLOCK_EXPONENT;
  f->hooks = hooks;
  return true;
}

void mote_lwm2m_fetch_stop(mote_lwm2m_t *c) { c->fetch.hooks = NULL; }

/* The path up to a question mark, then what is behind it, in parts. */
static void put_uri(mote_coap_writer_t *w, const char *uri) {
  char path[MOTE_LWM2M_URI_BYTES];
  const char *query = strchr(uri, '?');
  size_t size = query == NULL ? strlen(uri) : (size_t)(query - uri);
  memcpy(path, uri, size);
  path[size] = '\0';
  mote_coap_put_path(w, MOTE_COAP_URI_PATH, path);
  while (query != NULL) {
    const char *next = strchr(++query, '&');
    mote_coap_put(w, MOTE_COAP_URI_QUERY, query, next == NULL ? (uint32_t)strlen(query) : (uint32_t)(next - query));
    query = next;
  }
}

uint32_t mote_fetch_step(mote_lwm2m_t *c) {
  mote_fetch_t *f = &c->fetch;
  mote_coap_writer_t w;
  if (f->hooks == NULL) {
    return NEVER;
  }
  if (f->pausing && (int32_t)(f->again_at - mote_lwm2m_now(c)) > 0) {
    return f->again_at - mote_lwm2m_now(c);
  }
  f->pausing = false;
  mote_block_t block = {true, false, f->exponent, f->offset >> (f->exponent + 4u)};
  mote_exchange_begin(c, &w, MOTE_FETCHING, MOTE_COAP_GET);
  put_uri(&w, f->path);
  mote_coap_put_block(&w, MOTE_COAP_BLOCK2, &block);
  mote_exchange_send(c, &w);
  return 0;
}

static void give_up(mote_lwm2m_t *c, uint8_t code) {
  const mote_fetch_hooks_t *hooks = c->fetch.hooks;
  c->fetch.hooks = NULL;
  hooks->ended(hooks->context, code);
}

static void try_again(mote_lwm2m_t *c, uint8_t code) {
  mote_fetch_t *f = &c->fetch;
  if (++f->failures > MOST_FAILURES) {
    give_up(c, code);
    return;
  }
  uint32_t pause = (uint32_t)PAUSE << f->failures;
  f->pausing = true;
  f->again_at = mote_lwm2m_now(c) + (pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE);
}

/* Whether this is a block of the same file as those before. */
static bool same_file(mote_fetch_t *f, mote_bytes_t etag) {
  if (f->etag_size == 0 && etag.size > 0 && etag.size <= sizeof f->etag) {
    f->etag_size = (uint8_t)etag.size;
    memcpy(f->etag, etag.at, etag.size);
  }
  return f->etag_size == etag.size && (etag.size == 0 || memcmp(f->etag, etag.at, etag.size) == 0);
}

void mote_fetch_ended(mote_lwm2m_t *c, const mote_coap_t *answer) {
  mote_fetch_t *f = &c->fetch;
  mote_block_t block = {false, false, BLOCK_EXPONENT, 0};
  mote_bytes_t etag = {NULL, 0};
  if (f->hooks == NULL) {
    return;
  }
  if (answer == NULL || answer->code == MOTE_COAP_UNAVAILABLE) {
    try_again(c, answer == NULL ? MOTE_COAP_EMPTY : answer->code);
    return;
  }
  bool understood = answer->code == MOTE_COAP_CONTENT;
  for (mote_coap_option_t o = mote_coap_first(answer); o.there; mote_coap_next(&o)) {
    if (o.number == MOTE_COAP_BLOCK2) {
      understood = understood && mote_block_read(o.value, &block);
    } else if (o.number == MOTE_COAP_ETAG) {
      etag = o.value;
    }
  }
  uint32_t from = mote_block_offset(&block);
  uint32_t end = from + answer->payload.size;
  if (!understood || from > f->offset || end < from || (block.there && answer->payload.size > mote_block_bytes(&block)) ||
      (block.more && (answer->payload.size != mote_block_bytes(&block) || end <= f->offset))) {
    give_up(c, understood ? MOTE_COAP_BAD_REQUEST : answer->code);
    return;
  }
  if (!same_file(f, etag)) {
    give_up(c, MOTE_COAP_INCOMPLETE);
    return;
  }
  uint32_t known = f->offset - from < answer->payload.size ? f->offset - from : answer->payload.size;
  mote_piece_t piece = {f->offset, {answer->payload.at + known, answer->payload.size - known}, !block.more};
  const mote_fetch_hooks_t *hooks = f->hooks;
  f->failures = 0;
  f->exponent = block.exponent < f->exponent ? block.exponent : f->exponent;
  f->offset = end > f->offset ? end : f->offset;
  uint8_t code = hooks->piece(hooks->context, &piece);
  if (code != MOTE_COAP_CONTINUE || piece.last) {
    f->hooks = NULL;
  }
}
