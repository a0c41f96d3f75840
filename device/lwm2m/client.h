/* A device that speaks LwM2M 1.1 with one server. Memory is the application's; nothing here waits, allocates or blocks. The tour
 * is in README.md.
 *
 *   mote_lwm2m_start(&client, &config);
 *   for (;;) {
 *     wait_for_datagrams(mote_lwm2m_step(&client));    // milliseconds, at most
 *   } */
#ifndef MOTE_LWM2M_CLIENT_H
#define MOTE_LWM2M_CLIENT_H

#include "lwm2m/content.h"
#include "port/datagram.h"

#ifndef MOTE_LWM2M_MOST_OBSERVATIONS
#define MOTE_LWM2M_MOST_OBSERVATIONS 12u
#endif
/* Paths whose attributes the server may set. */
#define MOTE_LWM2M_MOST_ATTRIBUTES 8u
/* Requests whose repetitions are known, with their answers. */
#define MOTE_LWM2M_MOST_ANSWERS 6u
#define MOTE_LWM2M_ANSWER_BYTES 24u
/* Paths whose values are waiting to be sent. */
#define MOTE_LWM2M_MOST_SENT 8u
#define MOTE_LWM2M_LOCATION_BYTES 64u
#define MOTE_LWM2M_URI_BYTES 256u

/* RFC 7252, section 4.8; milliseconds. */
enum { MOTE_ACK_TIMEOUT = 2000, MOTE_MAX_RETRANSMIT = 4, MOTE_EXCHANGE_LIFETIME = 247000 };

typedef struct {
  const char *endpoint;
  uint32_t lifetime_s; /* of a registration; the server may write another one */
  /* Queue mode: after this many milliseconds without a word it sleeps, and hears nothing; 0: it never does. It wakes for an
   * update of its registration, for notifications and for what it sends. */
  uint32_t awake_ms;
  mote_datagram_t port;
  const mote_object_t *objects;
  uint8_t object_count;
  /* How registration goes on, for whom it matters; or null. */
  void (*registered)(void *context, bool is);
  void *context;
} mote_lwm2m_config_t;

/* What is done with the answers to a download, by object 9. */
typedef struct {
  void *context;
  /* A piece of it; what it answers other than MOTE_COAP_CONTINUE ends the download. */
  uint8_t (*piece)(void *context, const mote_piece_t *piece);
  /* It ended otherwise: by this answer of the server, or by MOTE_COAP_EMPTY when there was none. */
  void (*ended)(void *context, uint8_t code);
} mote_fetch_hooks_t;

enum { MOTE_NO_EXCHANGE, MOTE_REGISTERING, MOTE_UPDATING, MOTE_LEAVING, MOTE_SENDING, MOTE_FETCHING, MOTE_NOTIFYING };

/* A request of ours, or a notification, that is not answered yet: one at a time (RFC 7252, section 4.7). */
typedef struct {
  uint8_t kind;
  uint8_t sent;  /* how often */
  bool accepted; /* the answer will come apart from the acknowledgement */
  uint16_t id;
  uint32_t token;
  uint32_t size;
  uint32_t wait;    /* until it is sent again */
  uint32_t sent_at; /* the last time */
  uint8_t observation;
} mote_exchange_t;

typedef struct {
  bool used;
  bool changed;
  uint8_t token_size;
  uint8_t token[MOTE_COAP_MOST_TOKEN];
  uint16_t format;
  mote_path_t path;
  uint32_t sequence;
  uint32_t told_at;
  uint32_t hash; /* of what was told last */
} mote_observation_t;

typedef struct {
  mote_path_t path; /* of depth 0 when there is none */
  bool has_least;
  bool has_most;
  uint32_t least_s;
  uint32_t most_s;
} mote_attributes_t;

typedef struct {
  bool there;
  uint8_t size; /* 0: to be answered anew, which changes nothing */
  uint16_t id;
  uint32_t at;
  uint8_t bytes[MOTE_LWM2M_ANSWER_BYTES];
} mote_answer_t;

typedef struct {
  const mote_fetch_hooks_t *hooks; /* null when nothing is fetched */
  char path[MOTE_LWM2M_URI_BYTES]; /* with its query */
  uint32_t offset;
  uint8_t exponent;
  uint8_t failures;
  uint8_t etag_size;
  uint8_t etag[8];
  uint32_t again_at;
  bool pausing;
} mote_fetch_t;

enum { MOTE_UNREGISTERED, MOTE_REGISTERED, MOTE_LEFT };

typedef struct {
  const mote_lwm2m_config_t *config;
  uint8_t state;
  bool asleep;
  bool update_wanted;
  bool leave_wanted;
  bool send_refused; /* the server has no Send */
  uint8_t failures;  /* of registrations, one after the other */
  uint16_t next_id;
  uint32_t lifetime_s;
  uint32_t least_s; /* of notifications, where no attribute says otherwise: object 1 */
  uint32_t most_s;
  uint32_t registered_at; /* or when a registration was tried the last time */
  uint32_t pause;         /* until it is tried again */
  uint32_t heard_at;
  char location[MOTE_LWM2M_LOCATION_BYTES];
  mote_exchange_t exchange;
  mote_fetch_t fetch;
  mote_observation_t observations[MOTE_LWM2M_MOST_OBSERVATIONS];
  mote_attributes_t attributes[MOTE_LWM2M_MOST_ATTRIBUTES];
  mote_answer_t answers[MOTE_LWM2M_MOST_ANSWERS];
  mote_path_t sends[MOTE_LWM2M_MOST_SENT];
  uint8_t send_count;
  uint8_t sends_on_their_way;
  uint8_t next_answer;
  uint8_t next_observation; /* whose turn it is */
  uint8_t in[MOTE_COAP_MOST_BYTES];
  uint8_t out[MOTE_COAP_MOST_BYTES];     /* answers */
  uint8_t pending[MOTE_COAP_MOST_BYTES]; /* the exchange */
} mote_lwm2m_t;

void mote_lwm2m_start(mote_lwm2m_t *client, const mote_lwm2m_config_t *config);

/* Does what is to be done now. How many milliseconds may pass until it is called again, when no datagram comes before. */
uint32_t mote_lwm2m_step(mote_lwm2m_t *client);

/* The value of a resource has changed: whoever observes it is told. A resource of 0xffff stands for all of an instance. */
void mote_lwm2m_changed(mote_lwm2m_t *client, uint16_t object, uint16_t instance, uint16_t resource);
#define MOTE_ALL_RESOURCES 0xffffu

/* Sends what is at these paths, without being asked: what they hold when it is their turn. False when there is no room. */
bool mote_lwm2m_send(mote_lwm2m_t *client, const mote_path_t *paths, uint32_t count);

/* Tells the server once more that the device is there, with its lifetime. */
void mote_lwm2m_update(mote_lwm2m_t *client);

/* Ends the registration. The state is MOTE_LEFT when the server knows, or does not answer. */
void mote_lwm2m_leave(mote_lwm2m_t *client);

/* Fetches `path`, of the server that it is registered at, from byte `offset` on. False when it is too long. */
bool mote_lwm2m_fetch(mote_lwm2m_t *client, const char *path, uint32_t offset, const mote_fetch_hooks_t *hooks);
void mote_lwm2m_fetch_stop(mote_lwm2m_t *client);

/* Parts that the files of the client share. */
uint32_t mote_lwm2m_now(const mote_lwm2m_t *client);
mote_tree_t mote_lwm2m_tree(const mote_lwm2m_t *client);
/* Starts a request: the writer is at its options. Only when there is no exchange. */
void mote_exchange_begin(mote_lwm2m_t *client, mote_coap_writer_t *writer, uint8_t kind, uint8_t code);
void mote_exchange_send(mote_lwm2m_t *client, const mote_coap_writer_t *writer);
/* Milliseconds until the exchange needs something. */
uint32_t mote_exchange_step(mote_lwm2m_t *client);
/* Takes what was received. */
void mote_exchange_received(mote_lwm2m_t *client, uint32_t size);
/* An exchange ended; the message is null when nobody answered, or when it was reset. */
void mote_lwm2m_ended(mote_lwm2m_t *client, const mote_exchange_t *exchange, const mote_coap_t *answer, bool reset);
/* Answers a request in `out`. */
void mote_request(mote_lwm2m_t *client, const mote_coap_t *request, mote_coap_writer_t *answer);
/* Observations. */
bool mote_observe(mote_lwm2m_t *client, const mote_coap_t *request, const mote_path_t *path, uint16_t format, uint32_t hash);
void mote_observe_forget(mote_lwm2m_t *client, const mote_coap_t *request);
uint8_t mote_attributes_write(mote_lwm2m_t *client, const mote_coap_t *request, const mote_path_t *path);
/* Sends the next notification that is due, if there is one; milliseconds until another one may be. */
uint32_t mote_observe_step(mote_lwm2m_t *client);
void mote_observe_ended(mote_lwm2m_t *client, const mote_exchange_t *exchange, bool reset, bool answered);
/* The next block. */
uint32_t mote_fetch_step(mote_lwm2m_t *client);
void mote_fetch_ended(mote_lwm2m_t *client, const mote_coap_t *answer);

#endif
