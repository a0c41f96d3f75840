/* The client of device/lwm2m against a server that is played here: codecs, blocks, repetitions, and whatever a hostile network
 * brings. Compiled with the sanitizers; ends with status 0 when all held.
 *
 *   lwm2m-test SEED PACKETS
 *
 * One file, although a long one: all tests share the network and the device that are played here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lwm2m/client.h"
#include "lwm2m/objects.h"

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                       \
    }                                                                \
  } while (0)

/* --- A network in memory. */

static uint32_t clock_ms;
static uint32_t seed;
static uint8_t sent[MOTE_COAP_MOST_BYTES]; /* the last datagram of the client */
static uint32_t sent_size;
static uint32_t sent_count;
static const uint8_t *arriving;
static uint32_t arriving_size;

static uint32_t next_random(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

static bool ready(void *context) {
  (void)context;
  return true;
}

static void send_datagram(void *context, const uint8_t *bytes, uint32_t size) {
  (void)context;
  CHECK(size <= sizeof sent);
  memcpy(sent, bytes, size);
  sent_size = size;
  sent_count++;
}

static uint32_t receive(void *context, uint8_t *bytes, uint32_t room) {
  (void)context;
  uint32_t size = arriving_size < room ? arriving_size : room;
  if (size > 0) {
    memcpy(bytes, arriving, size);
  }
  arriving_size = 0;
  return size;
}

static uint32_t now(void *context) {
  (void)context;
  return clock_ms;
}

static uint32_t random_number(void *context) {
  (void)context;
  return next_random();
}

/* --- A device: objects 1, 3 and 33457, and one with a resource of each kind. */

enum { OWN = 4711, TEXT = 0, NUMBER = 1, REAL = 2, FLAG = 3, BYTES = 4, MANY = 5, FILE_OF_BLOCKS = 6, ACT = 7, ROOM = 3000 };

static const mote_resource_t own_resources[] = {
    {TEXT, MOTE_TEXT, MOTE_READ | MOTE_WRITE},       {NUMBER, MOTE_INTEGER, MOTE_READ | MOTE_WRITE},
    {REAL, MOTE_FLOAT, MOTE_READ | MOTE_WRITE},      {FLAG, MOTE_BOOLEAN, MOTE_READ | MOTE_WRITE},
    {BYTES, MOTE_OPAQUE, MOTE_READ | MOTE_WRITE},    {MANY, MOTE_INTEGER, MOTE_READ | MOTE_MULTIPLE},
    {FILE_OF_BLOCKS, MOTE_OPAQUE, MOTE_WRITE | MOTE_STREAMED}, {ACT, 0, MOTE_EXECUTE},
};

static struct {
  uint8_t text[ROOM];
  uint32_t text_size;
  int64_t number;
  float real;
  bool flag;
  uint8_t bytes[ROOM];
  uint32_t bytes_size;
  uint8_t file[8192];
  uint32_t file_size;
  uint32_t acted;
} own;

static bool own_read(void *context, uint16_t instance, uint16_t resource, uint16_t index, mote_value_t *value) {
  (void)context;
  (void)instance;
  switch (resource) {
    case TEXT:
      *value = mote_text("");
      value->bytes.at = own.text;
      value->bytes.size = own.text_size;
      return true;
    case NUMBER:
      *value = mote_integer(own.number);
      return true;
    case REAL:
      *value = mote_float(own.real);
      return true;
    case FLAG:
      *value = mote_boolean(own.flag);
      return true;
    case BYTES:
      *value = mote_opaque(own.bytes, own.bytes_size);
      return true;
    case MANY:
      *value = mote_integer(1000 * index);
      return index < 3;
    default:
      return false;
  }
}

static uint8_t own_write(void *context, uint16_t instance, uint16_t resource, const mote_value_t *value) {
  (void)context;
  (void)instance;
  if (value->bytes.size > ROOM) {
    return MOTE_COAP_TOO_LARGE;
  }
  switch (resource) {
    case TEXT:
      own.text_size = value->bytes.size;
      memcpy(own.text, value->bytes.at == NULL ? own.text : value->bytes.at, own.text_size);
      break;
    case NUMBER:
      own.number = value->integer;
      break;
    case REAL:
      own.real = value->number;
      break;
    case FLAG:
      own.flag = value->integer != 0;
      break;
    default:
      own.bytes_size = value->bytes.size;
      memcpy(own.bytes, value->bytes.at == NULL ? own.bytes : value->bytes.at, own.bytes_size);
  }
  return MOTE_COAP_CHANGED;
}

static uint8_t own_execute(void *context, uint16_t instance, uint16_t resource, mote_bytes_t arguments) {
  (void)context;
  (void)instance;
  (void)resource;
  (void)arguments;
  own.acted++;
  return MOTE_COAP_CHANGED;
}

static uint8_t own_stream(void *context, uint16_t instance, uint16_t resource, const mote_piece_t *piece) {
  (void)context;
  (void)instance;
  (void)resource;
  if (piece->offset != own.file_size && piece->offset != 0) {
    return MOTE_COAP_INCOMPLETE;
  }
  if (piece->bytes.size > sizeof own.file - piece->offset) {
    return MOTE_COAP_TOO_LARGE;
  }
  if (piece->bytes.size > 0) {
    memcpy(own.file + piece->offset, piece->bytes.at, piece->bytes.size);
  }
  own.file_size = piece->offset + piece->bytes.size;
  return piece->last ? MOTE_COAP_CHANGED : MOTE_COAP_CONTINUE;
}

static mote_lwm2m_t client;
static mote_lwm2m_config_t config;
static mote_object_t objects[4];
static mote_device_facts_t device = {"Mote", "test", "1", "1.0", 4096, NULL, NULL, false};
static const char *const kinds[] = {"native", NULL};
static const mote_inference_facts_t inference = {"armv7e-m", NULL, "cortex-m4", NULL, NULL, kinds, NULL, 1, 2, 3, 4, 5, 6, 7};

static void start(uint32_t awake_ms) {
  const mote_datagram_t port = {NULL, ready, send_datagram, receive, NULL, now, random_number, false};
  const mote_object_t mine = {OWN, 2, sizeof own_resources / sizeof own_resources[0], own_resources, NULL, own_read, own_write,
                              own_execute, own_stream};
  memset(&own, 0, sizeof own);
  memset(&config, 0, sizeof config);
  config.endpoint = "test";
  config.lifetime_s = 60;
  config.awake_ms = awake_ms;
  config.port = port;
  config.objects = objects;
  config.object_count = 4;
  objects[0] = mote_server_object(&client);
  objects[1] = mote_device_object(&device);
  objects[2] = mote_inference_object(&inference);
  objects[3] = mine;
  mote_lwm2m_start(&client, &config);
}

/* --- A server. */

static mote_coap_t answer;

static void deliver(const uint8_t *bytes, uint32_t size) {
  /* In memory of its own size, so that a byte too much is found. */
  uint8_t *copy = malloc(size == 0 ? 1 : size);
  CHECK(copy != NULL);
  memcpy(copy, bytes, size);
  arriving = copy;
  arriving_size = size;
  (void)mote_lwm2m_step(&client);
  free(copy);
}

static void parse_sent(void) { CHECK(mote_coap_parse(sent, sent_size, &answer)); }

static void register_it(void) {
  static const uint8_t location[] = "rd/5a";
  uint8_t bytes[64];
  mote_coap_writer_t w = {bytes, sizeof bytes, 0, 0, false};
  (void)mote_lwm2m_step(&client);
  parse_sent();
  CHECK(answer.type == MOTE_COAP_CON && answer.code == MOTE_COAP_POST);
  mote_coap_begin(&w, MOTE_COAP_ACK, MOTE_COAP_CREATED, answer.id, answer.token, answer.token_size);
  mote_coap_put_path(&w, MOTE_COAP_LOCATION_PATH, (const char *)location);
  deliver(bytes, w.size);
  CHECK(client.state == MOTE_REGISTERED && strcmp(client.location, "/rd/5a") == 0);
}

static uint16_t message_id = 100;

/* Sends a request to the client; the code that it answers. */
static uint8_t ask(uint8_t code, const char *path, uint16_t format, uint16_t accept, const mote_block_t *block1,
                   const mote_block_t *block2, int32_t observe, const void *payload, uint32_t size) {
  static const uint8_t token[] = {1, 2, 3};
  uint8_t bytes[MOTE_COAP_MOST_BYTES];
  mote_coap_writer_t w = {bytes, sizeof bytes, 0, 0, false};
  uint32_t room;
  mote_coap_begin(&w, MOTE_COAP_CON, code, ++message_id, token, sizeof token);
  if (observe >= 0) {
    mote_coap_put_number(&w, MOTE_COAP_OBSERVE, (uint32_t)observe);
  }
  mote_coap_put_path(&w, MOTE_COAP_URI_PATH, path);
  if (format != MOTE_NO_FORMAT) {
    mote_coap_put_number(&w, MOTE_COAP_CONTENT_FORMAT, format);
  }
  if (accept != MOTE_NO_FORMAT) {
    mote_coap_put_number(&w, MOTE_COAP_ACCEPT, accept);
  }
  if (block2 != NULL) {
    mote_coap_put_block(&w, MOTE_COAP_BLOCK2, block2);
  }
  if (block1 != NULL) {
    mote_coap_put_block(&w, MOTE_COAP_BLOCK1, block1);
  }
  uint8_t *at = mote_coap_payload(&w, &room);
  CHECK(size <= room);
  if (size > 0) {
    memcpy(at, payload, size);
  }
  mote_coap_filled(&w, size);
  deliver(bytes, w.size);
  parse_sent();
  CHECK(answer.type == MOTE_COAP_ACK && answer.id == message_id);
  return answer.code;
}

static uint8_t get(const char *path, uint16_t accept) {
  return ask(MOTE_COAP_GET, path, MOTE_NO_FORMAT, accept, NULL, NULL, -1, NULL, 0);
}

static uint8_t put(const char *path, uint16_t format, const void *payload, uint32_t size) {
  return ask(MOTE_COAP_PUT, path, format, MOTE_NO_FORMAT, NULL, NULL, -1, payload, size);
}

static bool payload_is(const void *bytes, uint32_t size) {
  return answer.payload.size == size && memcmp(answer.payload.at, bytes, size) == 0;
}

/* --- Tests. */

static void reads_and_writes_in_every_format(void) {
  static const uint8_t tlv_number[] = {0xc2, 0x01, 0xfe, 0x0c};                       /* -500 */
  static const uint8_t tlv_many[] = {0x88, 0x05, 0x0b, 0x41, 0x00, 0x00, 0x42, 0x01, 0x03, 0xe8, 0x42, 0x02, 0x07, 0xd0};
  static const uint8_t senml_number[] = {0x81, 0xa2, 0x00, 0x69, '/', '4', '7', '1', '1', '/', '0', '/', '1', 0x02, 0x18, 0x2a};
  /* Of unknown length, a base name, a number that is written as a float of 64 bits. */
  static const uint8_t senml_loose[] = {0x9f, 0xbf, 0x21, 0x68, '/', '4', '7', '1', '1', '/', '0', '/', 0x00, 0x61, '1', 0x02,
                                        0xfb, 0x40, 0x1c, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static const uint8_t tlv_instance[] = {0xc1, 0x01, 0x07, 0xc1, 0x03, 0x01, 0xc3, 0x00, 'a', 'b', 'c'};
  start(0);
  register_it();
  CHECK(put("4711/0/1", MOTE_FORMAT_TEXT, "-500", 4) == MOTE_COAP_CHANGED && own.number == -500);
  CHECK(get("4711/0/1", MOTE_NO_FORMAT) == MOTE_COAP_CONTENT && payload_is("-500", 4));
  CHECK(get("4711/0/1", MOTE_FORMAT_TLV) == MOTE_COAP_CONTENT && payload_is(tlv_number, sizeof tlv_number));
  CHECK(get("4711/0/5", MOTE_FORMAT_TLV) == MOTE_COAP_CONTENT && payload_is(tlv_many, sizeof tlv_many));
  own.number = 42;
  CHECK(get("4711/0/1", MOTE_FORMAT_SENML) == MOTE_COAP_CONTENT && payload_is(senml_number, sizeof senml_number));
  own.number = 0;
  CHECK(put("4711/0/1", MOTE_FORMAT_SENML, senml_number, sizeof senml_number) == MOTE_COAP_CHANGED && own.number == 42);
  CHECK(put("4711/0/1", MOTE_FORMAT_SENML, senml_loose, sizeof senml_loose) == MOTE_COAP_CHANGED && own.number == 7);
  CHECK(put("4711/0/1", MOTE_FORMAT_TLV, tlv_number, sizeof tlv_number) == MOTE_COAP_CHANGED && own.number == -500);
  CHECK(ask(MOTE_COAP_POST, "4711/0", MOTE_FORMAT_TLV, MOTE_NO_FORMAT, NULL, NULL, -1, tlv_instance, sizeof tlv_instance) ==
        MOTE_COAP_CHANGED);
  CHECK(own.number == 7 && own.flag && own.text_size == 3 && memcmp(own.text, "abc", 3) == 0);
  CHECK(put("4711/0/2", MOTE_FORMAT_TEXT, "-1.25", 5) == MOTE_COAP_CHANGED && own.real == -1.25f);
  CHECK(get("4711/0/2", MOTE_FORMAT_TEXT) == MOTE_COAP_CONTENT && payload_is("-1.250000", 9));
  CHECK(get("4711/0/5/2", MOTE_FORMAT_TEXT) == MOTE_COAP_CONTENT && payload_is("2000", 4));
  CHECK(get("4711/0", MOTE_FORMAT_LINKS) == MOTE_COAP_CONTENT && payload_is("</4711/0>,</4711/0/0>,</4711/0/1>", 0) == false);
  CHECK(ask(MOTE_COAP_POST, "4711/1/7", MOTE_NO_FORMAT, MOTE_NO_FORMAT, NULL, NULL, -1, NULL, 0) == MOTE_COAP_CHANGED);
  CHECK(own.acted == 1);
}

static void refuses_what_is_not_right(void) {
  static const struct {
    uint8_t code;
    const char *path;
    uint16_t format;
    const char *payload;
    uint8_t expected;
  } rows[] = {
      {MOTE_COAP_GET, "4712", MOTE_NO_FORMAT, "", MOTE_COAP_NOT_FOUND},
      {MOTE_COAP_GET, "4711/2", MOTE_NO_FORMAT, "", MOTE_COAP_NOT_FOUND},
      {MOTE_COAP_GET, "4711/0/9", MOTE_NO_FORMAT, "", MOTE_COAP_NOT_FOUND},
      {MOTE_COAP_GET, "4711/0/5/3", MOTE_NO_FORMAT, "", MOTE_COAP_NOT_FOUND},
      {MOTE_COAP_GET, "4711/x", MOTE_NO_FORMAT, "", MOTE_COAP_NOT_FOUND},
      {MOTE_COAP_GET, "4711/0/7", MOTE_NO_FORMAT, "", MOTE_COAP_NOT_ALLOWED},
      {MOTE_COAP_PUT, "4711/0/1", MOTE_FORMAT_TEXT, "12x", MOTE_COAP_BAD_REQUEST},
      {MOTE_COAP_PUT, "4711/0/3", MOTE_FORMAT_TEXT, "2", MOTE_COAP_BAD_REQUEST},
      {MOTE_COAP_PUT, "4711/0/5", MOTE_FORMAT_TEXT, "2", MOTE_COAP_NOT_ALLOWED},
      {MOTE_COAP_PUT, "4711/0/1", 50, "2", MOTE_COAP_FORMAT},
      {MOTE_COAP_PUT, "4711/0/1", MOTE_FORMAT_TLV, "\xc9\x01", MOTE_COAP_BAD_REQUEST},
      {MOTE_COAP_PUT, "4711/0/1", MOTE_FORMAT_SENML, "\x9f\xa1", MOTE_COAP_BAD_REQUEST},
      {MOTE_COAP_PUT, "3/0/0", MOTE_FORMAT_TEXT, "me", MOTE_COAP_NOT_ALLOWED},
      {MOTE_COAP_POST, "4711", MOTE_FORMAT_TLV, "\xc1\x01\x07", MOTE_COAP_NOT_ALLOWED},
      {MOTE_COAP_DELETE, "4711/0", MOTE_NO_FORMAT, "", MOTE_COAP_NOT_ALLOWED},
      {MOTE_COAP_PUT, "1/0/1", MOTE_FORMAT_TEXT, "0", MOTE_COAP_BAD_REQUEST},
  };
  start(0);
  register_it();
  for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    uint8_t code = ask(rows[i].code, rows[i].path, rows[i].format, MOTE_NO_FORMAT, NULL, NULL, -1, rows[i].payload,
                       (uint32_t)strlen(rows[i].payload));
    if (code != rows[i].expected) {
      fprintf(stderr, "row %u: %u.%02u\n", i, code >> 5, code & 31u);
    }
    CHECK(code == rows[i].expected);
  }
  CHECK(get("4711/0/1", 50) == MOTE_COAP_NOT_ACCEPTABLE);
}

static void moves_blocks_both_ways(void) {
  uint8_t whole[2500];
  start(0);
  register_it();
  for (uint32_t i = 0; i < sizeof whole; i++) {
    whole[i] = (uint8_t)(i * 7);
  }
  for (uint32_t number = 0; number < 3; number++) {
    mote_block_t block = {true, number < 2, 6, number};
    uint32_t size = number < 2 ? 1024 : sizeof whole - 2048;
    uint8_t code = ask(MOTE_COAP_PUT, "4711/0/6", MOTE_FORMAT_OPAQUE, MOTE_NO_FORMAT, &block, NULL, -1, whole + 1024 * number, size);
    CHECK(code == (number < 2 ? MOTE_COAP_CONTINUE : MOTE_COAP_CHANGED));
  }
  CHECK(own.file_size == sizeof whole && memcmp(own.file, whole, sizeof whole) == 0);
  mote_block_t skipped = {true, true, 6, 5};
  CHECK(ask(MOTE_COAP_PUT, "4711/0/6", MOTE_FORMAT_OPAQUE, MOTE_NO_FORMAT, &skipped, NULL, -1, whole, 1024) ==
        MOTE_COAP_INCOMPLETE);
  mote_block_t torn = {true, true, 6, 0};
  CHECK(ask(MOTE_COAP_PUT, "4711/0/6", MOTE_FORMAT_OPAQUE, MOTE_NO_FORMAT, &torn, NULL, -1, whole, 1000) ==
        MOTE_COAP_BAD_REQUEST);

  memcpy(own.bytes, whole, sizeof whole);
  own.bytes_size = sizeof whole;
  for (uint32_t number = 0; number < 10; number++) {
    mote_block_t block = {true, false, 4, number};
    uint32_t size = number < 9 ? 256 : sizeof whole - 9 * 256;
    CHECK(ask(MOTE_COAP_GET, "4711/0/4", MOTE_NO_FORMAT, MOTE_FORMAT_OPAQUE, NULL, &block, -1, NULL, 0) == MOTE_COAP_CONTENT);
    CHECK(payload_is(whole + 256 * number, size));
  }
  mote_block_t behind = {true, false, 4, 10};
  CHECK(ask(MOTE_COAP_GET, "4711/0/4", MOTE_NO_FORMAT, MOTE_FORMAT_OPAQUE, NULL, &behind, -1, NULL, 0) == MOTE_COAP_BAD_OPTION);
}

static uint8_t fetched[5000];
static uint32_t fetched_size;
static uint8_t fetch_code = 0xff;

static uint8_t take_piece(void *context, const mote_piece_t *piece) {
  (void)context;
  CHECK(piece->offset == fetched_size && piece->bytes.size <= sizeof fetched - fetched_size);
  memcpy(fetched + fetched_size, piece->bytes.at, piece->bytes.size);
  fetched_size += piece->bytes.size;
  return MOTE_COAP_CONTINUE;
}

static void fetch_ended(void *context, uint8_t code) {
  (void)context;
  fetch_code = code;
}

/* Every other answer is lost: the request comes once more, with the same identifier. The server's blocks are half as large. */
static void fetches_a_file_over_a_network_that_loses(void) {
  static const mote_fetch_hooks_t hooks = {NULL, take_piece, fetch_ended};
  static uint8_t file[4100];
  start(0);
  register_it();
  for (uint32_t i = 0; i < sizeof file; i++) {
    file[i] = (uint8_t)(i * 31 + i / 256);
  }
  client.lifetime_s = 86400; /* no update comes in between */
  fetched_size = 100; /* what there was before */
  memcpy(fetched, file, fetched_size);
  CHECK(mote_lwm2m_fetch(&client, "/packages/a?b=c", fetched_size, &hooks));
  uint32_t requests = 0;
  for (uint32_t steps = 0; client.fetch.hooks != NULL && steps < 1000; steps++) {
    uint32_t before = sent_count;
    clock_ms += mote_lwm2m_step(&client);
    if (sent_count == before) {
      continue;
    }
    parse_sent();
    if (answer.code != MOTE_COAP_GET || requests++ % 2 == 0) {
      continue;
    }
    mote_block_t block = {false, false, 0, 0};
    for (mote_coap_option_t o = mote_coap_first(&answer); o.there; mote_coap_next(&o)) {
      CHECK(o.number != MOTE_COAP_BLOCK2 || mote_block_read(o.value, &block));
      CHECK(o.number != MOTE_COAP_URI_QUERY || mote_coap_is(o.value, "b=c"));
    }
    if (block.exponent > 5) {
      block.number <<= 1;
      block.exponent = 5;
    }
    uint32_t from = mote_block_offset(&block);
    uint32_t size = sizeof file - from < 512 ? (uint32_t)sizeof file - from : 512;
    uint8_t bytes[MOTE_COAP_MOST_BYTES];
    uint32_t room;
    mote_coap_writer_t w = {bytes, sizeof bytes, 0, 0, false};
    block.more = from + size < sizeof file;
    mote_coap_begin(&w, MOTE_COAP_ACK, MOTE_COAP_CONTENT, answer.id, answer.token, answer.token_size);
    mote_coap_put(&w, MOTE_COAP_ETAG, "v1", 2);
    mote_coap_put_block(&w, MOTE_COAP_BLOCK2, &block);
    memcpy(mote_coap_payload(&w, &room), file + from, size);
    mote_coap_filled(&w, size);
    deliver(bytes, w.size);
  }
  CHECK(fetched_size == sizeof file && memcmp(fetched, file, sizeof file) == 0 && fetch_code == 0xff);
}

static void a_repeated_request_is_done_once(void) {
  static const uint8_t act[] = {0x41, 0x02, 0x12, 0x34, 0x77, 0xb4, '4', '7', '1', '1', 0x01, '0', 0x01, '7'};
  uint8_t first[64];
  start(0);
  register_it();
  deliver(act, sizeof act);
  uint32_t size = sent_size;
  memcpy(first, sent, size);
  deliver(act, sizeof act);
  CHECK(own.acted == 1 && sent_size == size && memcmp(first, sent, size) == 0);
  clock_ms += MOTE_EXCHANGE_LIFETIME;
  deliver(act, sizeof act);
  CHECK(own.acted == 2);
}

static void repeats_with_longer_pauses_and_gives_up(void) {
  uint32_t times[8];
  uint32_t count = 0;
  start(0);
  uint32_t begun = clock_ms;
  while (count < 6 && clock_ms - begun < 200000) {
    uint32_t before = sent_count;
    uint32_t wait = mote_lwm2m_step(&client);
    if (sent_count != before) {
      times[count++] = clock_ms - begun;
    }
    clock_ms += wait;
  }
  /* RFC 7252, section 4.2: 2 to 3 s, then twice as long each time; the sixth is a new registration. */
  uint32_t first = times[1] - times[0];
  CHECK(first >= 2000 && first <= 3000);
  for (uint32_t i = 2; i < 5; i++) {
    CHECK(times[i] - times[i - 1] == first << (i - 1));
  }
  CHECK(count == 6 && client.state == MOTE_UNREGISTERED && client.failures == 1);
}

static void tells_what_is_observed(void) {
  start(0);
  register_it();
  CHECK(ask(MOTE_COAP_GET, "4711/0/1", MOTE_NO_FORMAT, MOTE_FORMAT_TEXT, NULL, NULL, 0, NULL, 0) == MOTE_COAP_CONTENT);
  CHECK(mote_coap_first(&answer).number == MOTE_COAP_OBSERVE);
  uint32_t before = sent_count;
  mote_lwm2m_changed(&client, OWN, 0, NUMBER);
  (void)mote_lwm2m_step(&client);
  CHECK(sent_count == before); /* it is the same number */
  own.number = 5;
  mote_lwm2m_changed(&client, OWN, 0, NUMBER);
  (void)mote_lwm2m_step(&client);
  parse_sent();
  CHECK(sent_count == before + 1 && answer.type == MOTE_COAP_CON && answer.code == MOTE_COAP_CONTENT && payload_is("5", 1));
  /* A reset ends it. */
  const uint8_t reset[] = {0x70, 0, (uint8_t)(answer.id >> 8), (uint8_t)answer.id};
  deliver(reset, sizeof reset);
  own.number = 6;
  before = sent_count;
  mote_lwm2m_changed(&client, OWN, 0, NUMBER);
  (void)mote_lwm2m_step(&client);
  CHECK(sent_count == before);
}

static void sleeps_and_hears_nothing(void) {
  static const uint8_t ping[] = {0x40, 0, 0, 1};
  start(5000);
  register_it();
  uint32_t before = sent_count;
  deliver(ping, sizeof ping);
  CHECK(sent_count == before + 1 && sent[0] == 0x70);
  clock_ms += 5001;
  (void)mote_lwm2m_step(&client);
  CHECK(client.asleep);
  deliver(ping, sizeof ping);
  CHECK(sent_count == before + 1);
  clock_ms += 30000;
  (void)mote_lwm2m_step(&client); /* the update of its registration wakes it */
  CHECK(!client.asleep && sent_count == before + 2);
}

/* --- Hostile packets: some from nothing, most changed from right ones. */

static uint32_t make_packet(uint8_t *bytes) {
  static const char *const paths[] = {"4711/0/1", "4711/0", "4711", "4711/0/4", "4711/0/6", "3/0", "1/0", "33457/0", "4711/0/5/1"};
  static const uint16_t formats[] = {MOTE_FORMAT_TEXT, MOTE_FORMAT_TLV, MOTE_FORMAT_SENML, MOTE_FORMAT_OPAQUE, MOTE_FORMAT_LINKS,
                                     MOTE_NO_FORMAT};
  static const uint8_t seeds[][16] = {
      {0xc1, 0x01, 0x07, 0xc1, 0x03, 0x01, 0xc3, 0x00, 'a', 'b', 'c', 0x88, 0x05, 0x02, 0x41, 0x00},
      {0x81, 0xa2, 0x00, 0x69, '/', '4', '7', '1', '1', '/', '0', '/', '1', 0x02, 0x18, 0x2a},
  };
  mote_coap_writer_t w = {bytes, MOTE_COAP_MOST_BYTES, 0, 0, false};
  uint32_t room;
  uint8_t token[8] = {0};
  mote_coap_begin(&w, (uint8_t)(next_random() % 4), (uint8_t)(next_random() % 8 == 0 ? next_random() : 1 + next_random() % 4),
                  (uint16_t)next_random(), token, (uint8_t)(next_random() % 9));
  if (next_random() % 3 == 0) {
    mote_coap_put_number(&w, MOTE_COAP_OBSERVE, next_random() % 3);
  }
  mote_coap_put_path(&w, MOTE_COAP_URI_PATH, paths[next_random() % (sizeof paths / sizeof paths[0])]);
  mote_coap_put_number(&w, MOTE_COAP_CONTENT_FORMAT, formats[next_random() % 6]);
  if (next_random() % 4 == 0) {
    mote_coap_put_text(&w, MOTE_COAP_URI_QUERY, next_random() % 2 == 0 ? "pmin=3" : "pmax");
  }
  if (next_random() % 2 == 0) {
    mote_coap_put_number(&w, MOTE_COAP_ACCEPT, formats[next_random() % 6]);
  }
  if (next_random() % 3 == 0) {
    mote_coap_put_number(&w, next_random() % 2 == 0 ? MOTE_COAP_BLOCK2 : MOTE_COAP_BLOCK1, next_random() % 256);
  }
  uint8_t *at = mote_coap_payload(&w, &room);
  uint32_t size = next_random() % 4 == 0 ? next_random() % 600 : 16;
  for (uint32_t i = 0; i < size; i++) {
    at[i] = size == 16 ? seeds[next_random() % 4 == 0][i] : (uint8_t)next_random();
  }
  mote_coap_filled(&w, size);
  for (uint32_t changes = next_random() % 5; changes > 0; changes--) {
    bytes[next_random() % w.size] = (uint8_t)next_random();
  }
  return next_random() % 8 == 0 ? next_random() % w.size : w.size;
}

static void survives(uint32_t packets) {
  static const mote_fetch_hooks_t hooks = {NULL, take_piece, fetch_ended};
  uint8_t bytes[MOTE_COAP_MOST_BYTES];
  start(0);
  register_it();
  for (uint32_t i = 0; i < packets; i++) {
    uint32_t size = make_packet(bytes);
    if (client.exchange.kind != MOTE_NO_EXCHANGE && next_random() % 4 == 0 && size >= 8) {
      /* An answer to what it waits for, whatever it says. */
      bytes[0] = (uint8_t)(0x44 | (next_random() % 4) << 4);
      bytes[2] = (uint8_t)(client.exchange.id >> 8);
      bytes[3] = (uint8_t)client.exchange.id;
      memcpy(bytes + 4, &client.exchange.token, 4);
    }
    deliver(bytes, size);
    clock_ms += next_random() % 500;
    if (next_random() % 50 == 0) {
      own.number++;
      mote_lwm2m_changed(&client, OWN, 0, NUMBER);
      const mote_path_t path = mote_path(OWN, 0, NUMBER);
      (void)mote_lwm2m_send(&client, &path, 1);
      fetched_size = 0;
      (void)mote_lwm2m_fetch(&client, "/a/b", 0, &hooks);
      fetched_size = 0;
    }
    fetched_size = client.fetch.hooks != NULL && fetched_size > 3000 ? 0 : fetched_size;
    if (fetched_size == 0 && client.fetch.hooks != NULL) {
      client.fetch.offset = 0;
    }
  }
}

int main(int count, char **arguments) {
  CHECK(count == 3);
  seed = (uint32_t)strtoul(arguments[1], NULL, 10);
  reads_and_writes_in_every_format();
  refuses_what_is_not_right();
  moves_blocks_both_ways();
  fetches_a_file_over_a_network_that_loses();
  a_repeated_request_is_done_once();
  repeats_with_longer_pauses_and_gives_up();
  tells_what_is_observed();
  sleeps_and_hears_nothing();
  survives((uint32_t)strtoul(arguments[2], NULL, 10));
  puts("all held");
  return 0;
}
