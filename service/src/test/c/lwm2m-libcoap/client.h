/* A device of LwM2M on libcoap, for tests: none of it comes from Mote but the words of the standard. */
#ifndef LWM2M_LIBCOAP_CLIENT_H
#define LWM2M_LIBCOAP_CLIENT_H

#include <coap3/coap.h>
#include <stdbool.h>
#include <stdint.h>

#define MOST_TEXT 160
#define MOST_CONTENT 4096

enum { FORMAT_TEXT = 0, FORMAT_LINKS = 40, FORMAT_OPAQUE = 42, FORMAT_JSON = 110, FORMAT_CBOR = 112, FORMAT_TLV = 11542, FORMAT_NONE = -1 };

typedef enum { TEXT, WHOLE, DECIMAL } kind_t;

/* A resource that can be read. */
typedef struct {
  uint16_t object;
  uint16_t instance;
  uint16_t id;
  kind_t kind;
  bool many; /* a resource of several instances, of which there is one */
  char text[MOST_TEXT];
  long whole;
  double decimal;
} value_t;

/* What an account of the device says: of the command line, or of a bootstrap server. */
typedef struct {
  char uri[256];
  char identity[129];
  uint8_t key[64];
  size_t key_size;
} account_t;

typedef struct {
  const char *endpoint;
  const char *version; /* of LwM2M: 1.0 or 1.1 */
  int format;          /* of what is read, unless something else is asked for */
  long lifetime;
  bool queue_mode;
  bool single; /* reads and observes resources only, one by one */
  const char *store; /* folder of what survives a restart */
} setting_t;

extern setting_t setting;
extern coap_context_t *context;

/* Content. */
size_t encode(int format, const value_t *values[], int count, int depth, uint8_t *out);
bool decode_text(int format, const uint8_t *bytes, size_t size, char *text, size_t room);
/* Takes one entry of TLV off the front. */
bool next_tlv(const uint8_t **at, const uint8_t *end, uint16_t *id, const uint8_t **content, size_t *size);

/* The device. */
void make_device(void);
void links(char *text, size_t room);
void tick(void); /* once a second */
void fetched(const uint8_t *bytes, size_t size);
void not_fetched(coap_pdu_code_t code);

/* What the device wants of its connections. */
void fetch(const char *uri);
void restart_soon(void);
void update_registration(void);
void bootstrapped(void);
extern bool bootstraps; /* no server has an account yet */
extern account_t told; /* by the bootstrap server */

#endif
