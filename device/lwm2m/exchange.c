/* The message layer of CoAP: repetitions of what we send, and of what the server sends. RFC 7252, section 4. */
#include <string.h>

#include "lwm2m/client.h"

enum { TOKEN_BYTES = 4, NEVER = 60000 };

static mote_coap_writer_t writer_over(uint8_t *bytes) {
  mote_coap_writer_t writer = {bytes, MOTE_COAP_MOST_BYTES, 0, 0, false};
  return writer;
}

static void transmit(mote_lwm2m_t *c, const uint8_t *bytes, uint32_t size) {
  const mote_datagram_t *port = &c->config->port;
  port->send(port->context, bytes, size);
}

void mote_exchange_begin(mote_lwm2m_t *c, mote_coap_writer_t *writer, uint8_t kind, uint8_t code) {
  const mote_datagram_t *port = &c->config->port;
  mote_exchange_t *e = &c->exchange;
  memset(e, 0, sizeof *e);
  e->kind = kind;
  e->id = c->next_id++;
  e->token = port->random(port->context);
  *writer = writer_over(c->pending);
  if (kind != MOTE_NOTIFYING) { /* which has the token of its observation */
    uint8_t token[TOKEN_BYTES];
    memcpy(token, &e->token, sizeof token);
    mote_coap_begin(writer, MOTE_COAP_CON, code, e->id, token, sizeof token);
  }
}

void mote_exchange_send(mote_lwm2m_t *c, const mote_coap_writer_t *writer) {
  const mote_datagram_t *port = &c->config->port;
  mote_exchange_t *e = &c->exchange;
  if (writer->full) {
    const mote_exchange_t failed = *e;
    e->kind = MOTE_NO_EXCHANGE;
    mote_lwm2m_ended(c, &failed, NULL, false);
    return;
  }
  e->size = writer->size;
  e->sent = 1;
  e->sent_at = mote_lwm2m_now(c);
  e->wait = MOTE_ACK_TIMEOUT + port->random(port->context) % (MOTE_ACK_TIMEOUT / 2);
  c->asleep = false;
  transmit(c, c->pending, e->size);
}

static void end(mote_lwm2m_t *c, const mote_coap_t *answer, bool reset) {
  const mote_exchange_t ended = c->exchange;
  c->exchange.kind = MOTE_NO_EXCHANGE;
  mote_lwm2m_ended(c, &ended, answer, reset);
}

uint32_t mote_exchange_step(mote_lwm2m_t *c) {
  mote_exchange_t *e = &c->exchange;
  if (e->kind == MOTE_NO_EXCHANGE) {
    return NEVER;
  }
  uint32_t passed = mote_lwm2m_now(c) - e->sent_at;
  if (passed < e->wait) {
    return e->wait - passed;
  }
  if (e->accepted || e->sent > MOTE_MAX_RETRANSMIT) {
    end(c, NULL, false);
    return 0;
  }
  e->sent++;
  e->sent_at += passed;
  e->wait *= 2;
  transmit(c, c->pending, e->size);
  return e->wait;
}

static void send_empty(mote_lwm2m_t *c, uint8_t type, uint16_t id) {
  uint8_t bytes[4];
  mote_coap_writer_t writer = {bytes, sizeof bytes, 0, 0, false};
  mote_coap_begin(&writer, type, MOTE_COAP_EMPTY, id, NULL, 0);
  transmit(c, bytes, writer.size);
}

static bool ours(const mote_exchange_t *e, const mote_coap_t *m) {
  return m->token_size == TOKEN_BYTES && memcmp(m->token, &e->token, TOKEN_BYTES) == 0;
}

/* An answer, with the acknowledgement or apart from it. */
static void take_answer(mote_lwm2m_t *c, const mote_coap_t *m) {
  const mote_exchange_t *e = &c->exchange;
  bool expected = e->kind != MOTE_NO_EXCHANGE && e->kind != MOTE_NOTIFYING && ours(e, m) &&
                  (m->type != MOTE_COAP_ACK || m->id == e->id);
  if (m->type == MOTE_COAP_CON) {
    send_empty(c, expected ? MOTE_COAP_ACK : MOTE_COAP_RST, m->id);
  }
  if (expected) {
    end(c, m, false);
  }
}

/* An empty acknowledgement, or a reset. */
static void take_empty(mote_lwm2m_t *c, const mote_coap_t *m) {
  mote_exchange_t *e = &c->exchange;
  if (e->kind == MOTE_NO_EXCHANGE || m->id != e->id) {
    /* A notification that was acknowledged late may be reset as well: nothing is lost by passing that over. */
    return;
  }
  if (m->type == MOTE_COAP_RST) {
    end(c, NULL, true);
  } else if (e->kind == MOTE_NOTIFYING) {
    end(c, m, false);
  } else if (!e->accepted) {
    e->accepted = true;
    e->sent_at = mote_lwm2m_now(c);
    e->wait = MOTE_EXCHANGE_LIFETIME / 4;
  }
}

/* The answer to a request that was here before. A server that starts anew may count its messages from anywhere: so the token must
 * be the same as well. */
static mote_answer_t *known(mote_lwm2m_t *c, const mote_coap_t *m) {
  for (uint32_t i = 0; i < MOTE_LWM2M_MOST_ANSWERS; i++) {
    mote_answer_t *a = &c->answers[i];
    if (a->there && a->id == m->id && mote_lwm2m_now(c) - a->at < MOTE_EXCHANGE_LIFETIME &&
        (a->size == 0 || memcmp(a->bytes + 4, m->token, m->token_size) == 0)) {
      return a;
    }
  }
  return NULL;
}

static void take_request(mote_lwm2m_t *c, const mote_coap_t *m) {
  mote_answer_t *answer = known(c, m);
  if (answer != NULL && answer->size > 0) {
    transmit(c, answer->bytes, answer->size);
    return;
  }
  mote_coap_writer_t writer = writer_over(c->out);
  bool confirmable = m->type == MOTE_COAP_CON;
  mote_coap_begin(&writer, confirmable ? MOTE_COAP_ACK : MOTE_COAP_NON, MOTE_COAP_FAILED, confirmable ? m->id : c->next_id++,
                  m->token, m->token_size);
  mote_request(c, m, &writer);
  if (writer.full) {
    mote_coap_begin(&writer, writer.bytes[0] >> 4 & 3, MOTE_COAP_FAILED, (uint16_t)(writer.bytes[2] << 8 | writer.bytes[3]),
                    m->token, m->token_size);
  }
  if (answer == NULL) {
    answer = &c->answers[c->next_answer];
    c->next_answer = (uint8_t)((c->next_answer + 1u) % MOTE_LWM2M_MOST_ANSWERS);
    answer->there = true;
    answer->id = m->id;
    answer->at = mote_lwm2m_now(c);
    /* Only reading has long answers, and may be done again. */
    answer->size = writer.size <= MOTE_LWM2M_ANSWER_BYTES ? (uint8_t)writer.size : 0;
    memcpy(answer->bytes, writer.bytes, answer->size);
  }
  transmit(c, writer.bytes, writer.size);
}

void mote_exchange_received(mote_lwm2m_t *c, uint32_t size) {
  mote_coap_t m;
  if (!mote_coap_parse(c->in, size, &m)) {
    if (m.type == MOTE_COAP_CON) {
      send_empty(c, MOTE_COAP_RST, m.id);
    }
    return;
  }
  c->heard_at = mote_lwm2m_now(c);
  uint32_t kind = m.code >> 5;
  if (m.code == MOTE_COAP_EMPTY) {
    if (m.type == MOTE_COAP_CON) {
      send_empty(c, MOTE_COAP_RST, m.id); /* a ping: section 4.3 */
    } else if (m.type != MOTE_COAP_NON) {
      take_empty(c, &m);
    }
  } else if (kind == 0 && m.type <= MOTE_COAP_NON) {
    take_request(c, &m);
  } else if (kind >= 2 && kind <= 5 && m.type != MOTE_COAP_RST) {
    take_answer(c, &m);
  } else if (m.type == MOTE_COAP_CON) {
    send_empty(c, MOTE_COAP_RST, m.id);
  }
}
