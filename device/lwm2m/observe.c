/* Observations (RFC 7641), and the attributes that say how often (OMA LwM2M 1.1 Core, section 5.1.2). */
#include <string.h>

#include "lwm2m/client.h"

enum { NEVER = 60000 };

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

static bool same_path(const mote_path_t *a, const mote_path_t *b) { return a->depth == b->depth && mote_path_overlap(a, b); }

static bool same_token(const mote_observation_t *o, const mote_coap_t *m) {
  return o->used && o->token_size == m->token_size && memcmp(o->token, m->token, m->token_size) == 0;
}

bool mote_observe(mote_lwm2m_t *c, const mote_coap_t *request, const mote_path_t *path, uint16_t format, uint32_t hash) {
  mote_observation_t *place = NULL;
  for (uint32_t i = 0; i < MOTE_LWM2M_MOST_OBSERVATIONS; i++) {
    mote_observation_t *o = &c->observations[i];
    bool known = o->used && (same_token(o, request) || (same_path(&o->path, path) && o->format == format));
    if (known) {
      place = o; /* the server starts it again, and does not know the old one any more */
      break;
    }
    if (!o->used && place == NULL) {
      place = o;
    }
  }
  if (place == NULL) {
    return false;
  }
  memset(place, 0, sizeof *place);
  place->used = true;
  place->token_size = request->token_size;
  memcpy(place->token, request->token, request->token_size);
  place->format = format;
  place->path = *path;
  place->sequence = 1;
  place->told_at = mote_lwm2m_now(c);
  place->hash = hash;
  return true;
}

void mote_observe_forget(mote_lwm2m_t *c, const mote_coap_t *request) {
  for (uint32_t i = 0; i < MOTE_LWM2M_MOST_OBSERVATIONS; i++) {
    if (same_token(&c->observations[i], request)) {
      c->observations[i].used = false;
    }
  }
}

void mote_lwm2m_changed(mote_lwm2m_t *c, uint16_t object, uint16_t instance, uint16_t resource) {
  mote_path_t path = mote_path(object, instance, resource);
  path.depth = resource == MOTE_ALL_RESOURCES ? 2 : 3;
  for (uint32_t i = 0; i < MOTE_LWM2M_MOST_OBSERVATIONS; i++) {
    mote_observation_t *o = &c->observations[i];
    o->changed = o->changed || (o->used && mote_path_overlap(&o->path, &path));
  }
}

static mote_attributes_t *attributes_of(mote_lwm2m_t *c, const mote_path_t *path) {
  for (uint32_t i = 0; i < MOTE_LWM2M_MOST_ATTRIBUTES; i++) {
    if (c->attributes[i].path.depth > 0 && same_path(&c->attributes[i].path, path)) {
      return &c->attributes[i];
    }
  }
  return NULL;
}

/* "pmin=10": the number is set; "pmin": it is taken back. False for another name, or what is no number. */
static bool attribute(mote_bytes_t query, const char *name, bool *has, uint32_t *seconds) {
  uint32_t length = (uint32_t)strlen(name);
  mote_value_t value;
  if (query.size < length || memcmp(query.at, name, length) != 0) {
    return false;
  }
  if (query.size == length) {
    *has = false;
    return true;
  }
  mote_bytes_t digits = {query.at + length + 1, query.size - length - 1};
  if (query.at[length] != '=' || !mote_text_read(digits, MOTE_INTEGER, &value) || value.integer < 0 ||
      value.integer > 1000000) {
    return false;
  }
  *has = true;
  *seconds = (uint32_t)value.integer;
  return true;
}

uint8_t mote_attributes_write(mote_lwm2m_t *c, const mote_coap_t *request, const mote_path_t *path) {
  mote_attributes_t *place = attributes_of(c, path);
  for (uint32_t i = 0; i < MOTE_LWM2M_MOST_ATTRIBUTES && place == NULL; i++) {
    if (c->attributes[i].path.depth == 0) {
      place = &c->attributes[i];
    }
  }
  if (place == NULL) {
    return MOTE_COAP_FAILED;
  }
  mote_attributes_t changed = *place;
  changed.path = *path;
  for (mote_coap_option_t o = mote_coap_first(request); o.there; mote_coap_next(&o)) {
    if (o.number == MOTE_COAP_URI_QUERY && !attribute(o.value, "pmin", &changed.has_least, &changed.least_s) &&
        !attribute(o.value, "pmax", &changed.has_most, &changed.most_s)) {
      return MOTE_COAP_BAD_REQUEST;
    }
  }
  if (!changed.has_least && !changed.has_most) {
    changed.path.depth = 0;
  }
  *place = changed;
  return MOTE_COAP_CHANGED;
}

/* The shortest and longest time between two notifications, of the path itself or of what it is in; milliseconds, 0 for none. */
static void periods(mote_lwm2m_t *c, const mote_path_t *path, uint32_t *least, uint32_t *most) {
  bool has_least = false;
  bool has_most = false;
  *least = c->least_s * 1000;
  *most = c->most_s * 1000;
  for (mote_path_t at = *path; at.depth > 0; at.depth--) {
    const mote_attributes_t *a = attributes_of(c, &at);
    if (a != NULL && a->has_least && !has_least) {
      *least = a->least_s * 1000;
      has_least = true;
    }
    if (a != NULL && a->has_most && !has_most) {
      *most = a->most_s * 1000;
      has_most = true;
    }
  }
}

/* Sends it, when there is something new or when it must be. */
static void notify(mote_lwm2m_t *c, uint32_t index, bool always) {
  mote_observation_t *o = &c->observations[index];
  mote_tree_t tree = mote_lwm2m_tree(c);
  mote_coap_writer_t w;
  mote_sink_t all;
  mote_sink_t sink;
  uint32_t room;
  mote_sink_begin(&all, NULL, 0, 0);
  bool there = mote_content_write(&tree, &o->path, o->format, &all);
  o->changed = false;
  if (!there || (all.hash == o->hash && !always)) {
    return;
  }
  o->sequence = (o->sequence + 1) & 0xffffffu;
  o->told_at = mote_lwm2m_now(c);
  o->hash = all.hash;
  mote_exchange_begin(c, &w, MOTE_NOTIFYING, 0);
  c->exchange.observation = (uint8_t)index;
  mote_coap_begin(&w, MOTE_COAP_CON, MOTE_COAP_CONTENT, c->exchange.id, o->token, o->token_size);
  mote_coap_put_number(&w, MOTE_COAP_OBSERVE, o->sequence);
  mote_coap_put_number(&w, MOTE_COAP_CONTENT_FORMAT, o->format);
  mote_block_t block = {true, all.size > 1024, 6, 0};
  if (block.more) {
    mote_coap_put_block(&w, MOTE_COAP_BLOCK2, &block); /* the server reads the others */
  }
  uint8_t *payload = mote_coap_payload(&w, &room);
  mote_sink_begin(&sink, payload, 0, room < 1024 ? room : 1024);
  (void)mote_content_write(&tree, &o->path, o->format, &sink);
  mote_coap_filled(&w, mote_sink_kept(&sink));
  mote_exchange_send(c, &w);
}

uint32_t mote_observe_step(mote_lwm2m_t *c) {
  uint32_t wait = NEVER;
  for (uint32_t n = 0; n < MOTE_LWM2M_MOST_OBSERVATIONS; n++) {
    uint32_t i = (c->next_observation + n) % MOTE_LWM2M_MOST_OBSERVATIONS;
    const mote_observation_t *o = &c->observations[i];
    uint32_t least;
    uint32_t most;
    if (!o->used) {
      continue;
    }
    periods(c, &o->path, &least, &most);
    uint32_t passed = mote_lwm2m_now(c) - o->told_at;
    bool overdue = most > 0 && most >= least && passed >= most;
    if (overdue || (o->changed && passed >= least)) {
      notify(c, i, overdue);
      if (c->exchange.kind != MOTE_NO_EXCHANGE) {
        c->next_observation = (uint8_t)((i + 1) % MOTE_LWM2M_MOST_OBSERVATIONS);
        return 0;
      }
      passed = 0;
    }
    wait = o->changed && passed < least ? smaller(wait, least - passed) : wait;
    wait = most > passed ? smaller(wait, most - passed) : wait;
  }
  return wait;
}

void mote_observe_ended(mote_lwm2m_t *c, const mote_exchange_t *e, bool reset, bool answered) {
  /* RFC 7641, section 4.5: who resets it, or does not answer, is not told any more. */
  if (e->kind == MOTE_NOTIFYING && (reset || !answered)) {
    c->observations[e->observation].used = false;
    c->update_wanted = !reset; /* whether the server is there, or knows us still, is found so */
  }
}
