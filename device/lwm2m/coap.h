/* Messages of CoAP: RFC 7252, and the options of RFC 7641 and RFC 7959. */
#ifndef MOTE_COAP_H
#define MOTE_COAP_H

#include "runtime/cbor.h"

/* The largest message that is sent or received: RFC 7252, section 4.6. */
#ifndef MOTE_COAP_MOST_BYTES
#define MOTE_COAP_MOST_BYTES 1152u
#endif

#define MOTE_COAP_MOST_TOKEN 8u

enum { MOTE_COAP_CON, MOTE_COAP_NON, MOTE_COAP_ACK, MOTE_COAP_RST };

#define MOTE_COAP_CODE(kind, detail) ((uint8_t)((kind) << 5 | (detail)))

enum {
  MOTE_COAP_EMPTY = 0,
  MOTE_COAP_GET = 1,
  MOTE_COAP_POST = 2,
  MOTE_COAP_PUT = 3,
  MOTE_COAP_DELETE = 4,
  MOTE_COAP_CREATED = MOTE_COAP_CODE(2, 1),
  MOTE_COAP_DELETED = MOTE_COAP_CODE(2, 2),
  MOTE_COAP_CHANGED = MOTE_COAP_CODE(2, 4),
  MOTE_COAP_CONTENT = MOTE_COAP_CODE(2, 5),
  MOTE_COAP_CONTINUE = MOTE_COAP_CODE(2, 31),
  MOTE_COAP_BAD_REQUEST = MOTE_COAP_CODE(4, 0),
  MOTE_COAP_BAD_OPTION = MOTE_COAP_CODE(4, 2),
  MOTE_COAP_NOT_FOUND = MOTE_COAP_CODE(4, 4),
  MOTE_COAP_NOT_ALLOWED = MOTE_COAP_CODE(4, 5),
  MOTE_COAP_NOT_ACCEPTABLE = MOTE_COAP_CODE(4, 6),
  MOTE_COAP_INCOMPLETE = MOTE_COAP_CODE(4, 8),
  MOTE_COAP_TOO_LARGE = MOTE_COAP_CODE(4, 13),
  MOTE_COAP_FORMAT = MOTE_COAP_CODE(4, 15),
  MOTE_COAP_FAILED = MOTE_COAP_CODE(5, 0),
  MOTE_COAP_UNAVAILABLE = MOTE_COAP_CODE(5, 3)
};

enum {
  MOTE_COAP_URI_HOST = 3,
  MOTE_COAP_ETAG = 4,
  MOTE_COAP_OBSERVE = 6,
  MOTE_COAP_URI_PORT = 7,
  MOTE_COAP_LOCATION_PATH = 8,
  MOTE_COAP_URI_PATH = 11,
  MOTE_COAP_CONTENT_FORMAT = 12,
  MOTE_COAP_MAX_AGE = 14,
  MOTE_COAP_URI_QUERY = 15,
  MOTE_COAP_ACCEPT = 17,
  MOTE_COAP_BLOCK2 = 23,
  MOTE_COAP_BLOCK1 = 27,
  MOTE_COAP_SIZE2 = 28,
  MOTE_COAP_SIZE1 = 60
};

enum { MOTE_FORMAT_TEXT = 0, MOTE_FORMAT_LINKS = 40, MOTE_FORMAT_OPAQUE = 42, MOTE_FORMAT_SENML = 112, MOTE_FORMAT_TLV = 11542 };
#define MOTE_NO_FORMAT 0xffffu

/* A message that was received; its parts lie in the datagram. */
typedef struct {
  uint8_t type;
  uint8_t code;
  uint16_t id;
  uint8_t token[MOTE_COAP_MOST_TOKEN];
  uint8_t token_size;
  mote_bytes_t options;
  mote_bytes_t payload;
} mote_coap_t;

/* Whether these bytes are a message. Where they are not, `type` and `id` are those of a header of version 1, if there was one, and
 * otherwise the type is MOTE_COAP_RST, which nobody answers. */
bool mote_coap_parse(const uint8_t *bytes, uint32_t size, mote_coap_t *message);

/* An option; those of a message that was parsed are walked so:
 *
 *   for (mote_coap_option_t o = mote_coap_first(&message); o.there; mote_coap_next(&o)) */
typedef struct {
  bool there;
  uint16_t number;
  mote_bytes_t value;
  const uint8_t *end;
} mote_coap_option_t;

mote_coap_option_t mote_coap_first(const mote_coap_t *message);
void mote_coap_next(mote_coap_option_t *option);
/* The value as a number; that of more than 4 bytes is the largest one. */
uint32_t mote_coap_number(mote_bytes_t value);
bool mote_coap_is(mote_bytes_t value, const char *text);

/* RFC 7959, section 2.2. */
typedef struct {
  bool there;
  bool more;
  uint8_t exponent; /* of the size, minus 4: 0 to 6 */
  uint32_t number;
} mote_block_t;

/* False when the option means no block. */
bool mote_block_read(mote_bytes_t value, mote_block_t *block);
uint32_t mote_block_offset(const mote_block_t *block);
static inline uint32_t mote_block_bytes(const mote_block_t *block) { return 16u << block->exponent; }

/* A message that is made. Options come in the order of their numbers. */
typedef struct {
  uint8_t *bytes;
  uint32_t room;
  uint32_t size;
  uint16_t last; /* number of the last option */
  bool full;     /* it did not fit: nothing of it may be sent */
} mote_coap_writer_t;

void mote_coap_begin(mote_coap_writer_t *writer, uint8_t type, uint8_t code, uint16_t id, const uint8_t *token,
                     uint8_t token_size);
void mote_coap_put(mote_coap_writer_t *writer, uint16_t number, const void *value, uint32_t size);
void mote_coap_put_text(mote_coap_writer_t *writer, uint16_t number, const char *text);
void mote_coap_put_number(mote_coap_writer_t *writer, uint16_t number, uint32_t value);
void mote_coap_put_block(mote_coap_writer_t *writer, uint16_t number, const mote_block_t *block);
/* A path such as "rd/5a", a segment after the other. */
void mote_coap_put_path(mote_coap_writer_t *writer, uint16_t number, const char *path);
/* Where a payload goes, and how much of it may. Call mote_coap_filled when it is there. */
uint8_t *mote_coap_payload(mote_coap_writer_t *writer, uint32_t *room);
void mote_coap_filled(mote_coap_writer_t *writer, uint32_t size);

#endif
