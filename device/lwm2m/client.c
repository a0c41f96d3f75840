/* Registration, and what is sent without being asked: OMA LwM2M 1.1 Core, sections 6.2 and 6.4. */
#include "lwm2m/client.h"

#include <string.h>

enum {
  DATAGRAMS_AT_ONCE = 8,
  FIRST_PAUSE = 2000,
  LONGEST_PAUSE = 120000,
  PAUSES = 7,
  NEVER = 60000,
  MARGIN_S = 120 /* an update is sent so long before a lifetime ends, with all of its repetitions */
};

uint32_t mote_lwm2m_now(const mote_lwm2m_t *c) { return c->config->port.now(c->config->port.context); }

mote_tree_t mote_lwm2m_tree(const mote_lwm2m_t *c) {
  mote_tree_t tree = {c->config->objects, c->config->object_count};
  return tree;
}

void mote_lwm2m_start(mote_lwm2m_t *c, const mote_lwm2m_config_t *config) {
  memset(c, 0, sizeof *c);
  c->config = config;
  c->lifetime_s = config->lifetime_s;
  c->next_id = (uint16_t)config->port.random(config->port.context);
  c->heard_at = mote_lwm2m_now(c);
}

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

static void put_query_number(mote_coap_writer_t *w, const char *name, uint32_t number) {
  uint8_t text[16];
  mote_sink_t sink;
  mote_sink_begin(&sink, text, 0, sizeof text);
  mote_sink_text(&sink, name);
  mote_sink_decimal(&sink, number);
  mote_coap_put(w, MOTE_COAP_URI_QUERY, text, sink.size);
}

static void put_endpoint(mote_coap_writer_t *w, const char *endpoint) {
  uint8_t text[128];
  mote_sink_t sink;
  mote_sink_begin(&sink, text, 0, sizeof text);
  mote_sink_text(&sink, "ep=");
  mote_sink_text(&sink, endpoint);
  mote_coap_put(w, MOTE_COAP_URI_QUERY, text, mote_sink_kept(&sink));
}

static void register_device(mote_lwm2m_t *c) {
  mote_coap_writer_t w;
  mote_sink_t sink;
  uint32_t room;
  mote_tree_t tree = mote_lwm2m_tree(c);
  mote_exchange_begin(c, &w, MOTE_REGISTERING, MOTE_COAP_POST);
  mote_coap_put_text(&w, MOTE_COAP_URI_PATH, "rd");
  mote_coap_put_number(&w, MOTE_COAP_CONTENT_FORMAT, MOTE_FORMAT_LINKS);
  mote_coap_put_text(&w, MOTE_COAP_URI_QUERY, "lwm2m=1.1");
  put_endpoint(&w, c->config->endpoint);
  put_query_number(&w, "lt=", c->lifetime_s);
  mote_coap_put_text(&w, MOTE_COAP_URI_QUERY, "b=U");
  if (c->config->awake_ms > 0) {
    mote_coap_put_text(&w, MOTE_COAP_URI_QUERY, "Q");
  }
  uint8_t *payload = mote_coap_payload(&w, &room);
  mote_sink_begin(&sink, payload, 0, room);
  mote_links_register(&tree, &sink);
  w.full = w.full || sink.size > room;
  mote_coap_filled(&w, mote_sink_kept(&sink));
  c->registered_at = mote_lwm2m_now(c);
  c->pause = smaller((uint32_t)FIRST_PAUSE << smaller(c->failures, PAUSES), LONGEST_PAUSE);
  mote_exchange_send(c, &w);
}

static void update(mote_lwm2m_t *c) {
  mote_coap_writer_t w;
  mote_exchange_begin(c, &w, MOTE_UPDATING, MOTE_COAP_POST);
  mote_coap_put_path(&w, MOTE_COAP_URI_PATH, c->location);
  put_query_number(&w, "lt=", c->lifetime_s);
  c->update_wanted = false;
  c->registered_at = mote_lwm2m_now(c);
  mote_exchange_send(c, &w);
}

static void leave(mote_lwm2m_t *c) {
  mote_coap_writer_t w;
  mote_exchange_begin(c, &w, MOTE_LEAVING, MOTE_COAP_DELETE);
  mote_coap_put_path(&w, MOTE_COAP_URI_PATH, c->location);
  mote_exchange_send(c, &w);
}

static void send_values(mote_lwm2m_t *c) {
  mote_coap_writer_t w;
  mote_sink_t sink;
  uint32_t room;
  mote_tree_t tree = mote_lwm2m_tree(c);
  mote_exchange_begin(c, &w, MOTE_SENDING, MOTE_COAP_POST);
  mote_coap_put_text(&w, MOTE_COAP_URI_PATH, "dp");
  mote_coap_put_number(&w, MOTE_COAP_CONTENT_FORMAT, MOTE_FORMAT_SENML);
  uint8_t *payload = mote_coap_payload(&w, &room);
  mote_sink_begin(&sink, payload, 0, room);
  mote_senml_write(&tree, c->sends, c->send_count, &sink);
  w.full = w.full || sink.size > room;
  mote_coap_filled(&w, mote_sink_kept(&sink));
  c->sends_on_their_way = c->send_count;
  mote_exchange_send(c, &w);
}

static void set_state(mote_lwm2m_t *c, uint8_t state) {
  bool told = (c->state == MOTE_REGISTERED) != (state == MOTE_REGISTERED);
  c->state = state;
  if (told && c->config->registered != NULL) {
    c->config->registered(c->config->context, state == MOTE_REGISTERED);
  }
}

/* Where the server wants updates to go. False when it says nothing of use. */
static bool take_location(mote_lwm2m_t *c, const mote_coap_t *answer) {
  uint32_t size = 0;
  for (mote_coap_option_t o = mote_coap_first(answer); o.there; mote_coap_next(&o)) {
    if (o.number == MOTE_COAP_LOCATION_PATH) {
      if (size + 1 + o.value.size >= sizeof c->location || memchr(o.value.at, '/', o.value.size) != NULL ||
          memchr(o.value.at, '\0', o.value.size) != NULL) {
        return false;
      }
      c->location[size++] = '/';
      memcpy(c->location + size, o.value.at, o.value.size);
      size += o.value.size;
    }
  }
  c->location[size] = '\0';
  return size > 0;
}

static void registration_failed(mote_lwm2m_t *c, bool silent) {
  const mote_datagram_t *port = &c->config->port;
  c->failures = (uint8_t)(c->failures + (c->failures < PAUSES));
  if (silent && port->restart != NULL) {
    port->restart(port->context);
  }
}

/* The registration is gone: the next one starts from nothing, as it does for the server. */
static void lost(mote_lwm2m_t *c, bool silent) {
  memset(c->observations, 0, sizeof c->observations);
  set_state(c, MOTE_UNREGISTERED);
  c->failures = 0;
  c->pause = 0;
  registration_failed(c, silent);
}

static void registration_answered(mote_lwm2m_t *c, const mote_coap_t *answer) {
  if (answer != NULL && answer->code == MOTE_COAP_CREATED && take_location(c, answer)) {
    c->failures = 0;
    c->send_refused = false;
    memset(c->observations, 0, sizeof c->observations);
    set_state(c, MOTE_REGISTERED);
  } else {
    registration_failed(c, answer == NULL);
  }
}

static void send_answered(mote_lwm2m_t *c, const mote_coap_t *answer) {
  uint32_t left = (uint32_t)c->send_count - c->sends_on_their_way;
  if (answer == NULL) {
    lost(c, true); /* what was to be sent is sent when it is back */
    return;
  }
  /* What the server does not take is not sent again; one that has no Send is not asked any more. */
  c->send_refused = answer->code == MOTE_COAP_NOT_FOUND || answer->code == MOTE_COAP_NOT_ALLOWED;
  memmove(c->sends, c->sends + c->sends_on_their_way, left * sizeof c->sends[0]);
  c->send_count = (uint8_t)left;
}

void mote_lwm2m_ended(mote_lwm2m_t *c, const mote_exchange_t *e, const mote_coap_t *answer, bool reset) {
  switch (e->kind) {
    case MOTE_REGISTERING:
      registration_answered(c, answer);
      break;
    case MOTE_UPDATING:
      if (answer == NULL || answer->code != MOTE_COAP_CHANGED) {
        lost(c, answer == NULL && !reset);
      }
      break;
    case MOTE_LEAVING:
      set_state(c, MOTE_LEFT);
      break;
    case MOTE_SENDING:
      send_answered(c, answer);
      break;
    case MOTE_FETCHING:
      mote_fetch_ended(c, answer);
      break;
    default:
      mote_observe_ended(c, e, reset, answer != NULL);
  }
}

static uint32_t update_after(const mote_lwm2m_t *c) {
  return c->lifetime_s > 2 * MARGIN_S ? smaller(c->lifetime_s - MARGIN_S, 86400) * 1000 : c->lifetime_s * 500;
}

/* Starts the next exchange, if there is a reason for one; milliseconds until there may be. */
static uint32_t next_exchange(mote_lwm2m_t *c) {
  uint32_t passed = mote_lwm2m_now(c) - c->registered_at;
  if (c->leave_wanted && c->state == MOTE_REGISTERED) {
    leave(c);
    return 0;
  }
  if (c->state == MOTE_LEFT || c->leave_wanted) {
    set_state(c, MOTE_LEFT);
    return NEVER;
  }
  if (c->state == MOTE_UNREGISTERED) {
    if (passed < c->pause) {
      return c->pause - passed;
    }
    register_device(c);
    return 0;
  }
  if (c->update_wanted || passed >= update_after(c)) {
    update(c);
    return 0;
  }
  if (c->send_count > 0 && !c->send_refused) {
    send_values(c);
    return 0;
  }
  uint32_t wait = smaller(update_after(c) - passed, mote_observe_step(c));
  return c->exchange.kind != MOTE_NO_EXCHANGE ? 0 : smaller(wait, mote_fetch_step(c));
}

static bool busy(const mote_lwm2m_t *c) { return c->exchange.kind != MOTE_NO_EXCHANGE || c->fetch.hooks != NULL; }

/* A device of queue mode hears nothing any more when nobody has said anything for some time. */
static uint32_t doze(mote_lwm2m_t *c) {
  uint32_t passed = mote_lwm2m_now(c) - c->heard_at;
  if (c->config->awake_ms == 0 || c->asleep || c->state != MOTE_REGISTERED || busy(c)) {
    return NEVER;
  }
  if (passed < c->config->awake_ms) {
    return c->config->awake_ms - passed;
  }
  c->asleep = true;
  return NEVER;
}

uint32_t mote_lwm2m_step(mote_lwm2m_t *c) {
  const mote_datagram_t *port = &c->config->port;
  uint32_t wait = NEVER;
  if (!port->ready(port->context)) {
    return 20;
  }
  for (uint32_t i = 0; i < DATAGRAMS_AT_ONCE; i++) {
    uint32_t size = port->receive(port->context, c->in, sizeof c->in);
    if (size == 0) {
      break;
    }
    if (!c->asleep) {
      mote_exchange_received(c, size);
    }
    wait = 0;
  }
  wait = smaller(wait, mote_exchange_step(c));
  if (c->exchange.kind == MOTE_NO_EXCHANGE) {
    wait = smaller(wait, next_exchange(c));
  }
  return smaller(wait, doze(c));
}

bool mote_lwm2m_send(mote_lwm2m_t *c, const mote_path_t *paths, uint32_t count) {
  if (count > MOTE_LWM2M_MOST_SENT) {
    return false;
  }
  /* A value that is waiting already is not sent twice: it will be the new one. */
  for (uint32_t i = 0; i < count; i++) {
    bool waiting = false;
    for (uint32_t j = c->exchange.kind == MOTE_SENDING ? c->sends_on_their_way : 0; j < c->send_count; j++) {
      waiting = waiting || memcmp(&c->sends[j], &paths[i], sizeof paths[i]) == 0;
    }
    if (!waiting && c->send_count == MOTE_LWM2M_MOST_SENT) {
      return false;
    }
    if (!waiting) {
      c->sends[c->send_count++] = paths[i];
    }
  }
  return true;
}

void mote_lwm2m_update(mote_lwm2m_t *c) { c->update_wanted = true; }

void mote_lwm2m_leave(mote_lwm2m_t *c) { c->leave_wanted = true; }
