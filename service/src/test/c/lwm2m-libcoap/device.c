/* Objects 1, 3, 5 and 3303, and what a bootstrap server does with 0, 1 and an object with a key, 33457. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IDLE = 0, DOWNLOADING = 1, DOWNLOADED = 2, UPDATING = 3 };
enum { RESULT_NONE = 0, RESULT_DONE = 1, RESULT_LOST = 4, RESULT_BROKEN = 5, RESULT_URI = 7, RESULT_PROTOCOL = 9 };

static value_t values[] = {
    {1, 0, 0, WHOLE, false, "", 1, 0},
    {1, 0, 1, WHOLE, false, "", 0, 0},
    {1, 0, 6, WHOLE, false, "", 0, 0},
    {1, 0, 7, TEXT, false, "U", 0, 0},
    {3, 0, 0, TEXT, false, "libcoap", 0, 0},
    {3, 0, 1, TEXT, false, "process", 0, 0},
    {3, 0, 3, TEXT, false, "1.0", 0, 0},
    {3, 0, 11, WHOLE, true, "", 0, 0},
    {3, 0, 16, TEXT, false, "U", 0, 0},
    {5, 0, 3, WHOLE, false, "", IDLE, 0},
    {5, 0, 5, WHOLE, false, "", RESULT_NONE, 0},
    {5, 0, 8, WHOLE, true, "", 0, 0},
    {5, 0, 9, WHOLE, false, "", 2, 0},
    {3303, 0, 5700, DECIMAL, false, "", 0, 20.5},
    {3303, 0, 5701, TEXT, false, "Cel", 0, 0},
};
enum { VALUES = sizeof values / sizeof values[0] };

#define VERSION (values[6].text)
#define STATE (values[9].whole)
#define RESULT (values[10].whole)
#define TEMPERATURE (values[13].decimal)

/* A path of CoAP. */
typedef struct {
  int depth;
  uint16_t ids[3];
  coap_resource_t *resource;
} node_t;

static node_t nodes[64];
static int node_count;
account_t told;

static void respond(coap_pdu_t *response, unsigned code) {
  coap_pdu_set_code(response, (coap_pdu_code_t)COAP_RESPONSE_CODE(code));
}

static int option(const coap_pdu_t *pdu, coap_option_num_t number) {
  coap_opt_iterator_t iterator;
  coap_opt_t *found = coap_check_option(pdu, number, &iterator);
  return found == NULL ? FORMAT_NONE : (int)coap_decode_var_bytes(coap_opt_value(found), coap_opt_length(found));
}

static bool is_below(const value_t *value, const node_t *node) {
  return value->object == node->ids[0] && (node->depth < 2 || value->instance == node->ids[1]) &&
         (node->depth < 3 || value->id == node->ids[2]);
}

/* --- Reading. */

static int format_of(const coap_pdu_t *request, int depth) {
  int accept = option(request, COAP_OPTION_ACCEPT);
  bool is_first = strcmp(setting.version, "1.0") == 0;
  if (accept == FORMAT_NONE) {
    return is_first && depth == 3 ? FORMAT_TEXT : setting.format;
  }
  bool knows = accept == FORMAT_TLV || (accept == FORMAT_TEXT && depth == 3) ||
               (!is_first && (accept == FORMAT_JSON || accept == FORMAT_CBOR));
  return knows ? accept : FORMAT_NONE;
}

static void on_get(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request, const coap_string_t *query,
                   coap_pdu_t *response) {
  const node_t *node = coap_resource_get_userdata(resource);
  const value_t *found[VALUES];
  static uint8_t content[MOST_CONTENT];
  int count = 0;
  for (int i = 0; i < VALUES; i++) {
    if (is_below(&values[i], node)) {
      found[count++] = &values[i];
    }
  }
  int format = format_of(request, node->depth);
  if (count == 0 || (setting.single && node->depth < 3)) {
    respond(response, node->depth == 3 || setting.single ? 405 : 404);
  } else if (format == FORMAT_NONE) {
    respond(response, 406);
  } else {
    size_t size = encode(format, found, count, node->depth, content);
    respond(response, 205);
    coap_add_data_large_response(resource, session, request, response, query, (uint16_t)format, -1, 0, size, content, NULL, NULL);
  }
}

static void notify(uint16_t object, uint16_t id) {
  for (int i = 0; i < node_count; i++) {
    const node_t *node = &nodes[i];
    if (node->ids[0] == object && (node->depth < 3 || node->ids[2] == id)) {
      coap_resource_notify_observers(node->resource, NULL);
    }
  }
}

void tick(void) {
  TEMPERATURE += 0.25;
  notify(3303, 5700);
}

/* --- Firmware. */

static void file_name(char *name, size_t room, const char *file) { snprintf(name, room, "%s/%s", setting.store, file); }

static void keep(const char *file, const void *bytes, size_t size) {
  char name[512];
  file_name(name, sizeof name, file);
  FILE *out = fopen(name, "wb");
  if (out == NULL || fwrite(bytes, 1, size, out) != size || fclose(out) != 0) {
    perror(name);
    exit(1);
  }
}

static void enter(long state, long result) {
  fprintf(stderr, "state %ld, result %ld\n", state, result);
  STATE = state;
  RESULT = result;
  notify(5, 3);
  notify(5, 5);
}

/* A whole package. One that begins with "broken" fails its check; else its first line is its version. */
static bool take(const uint8_t *bytes, size_t size) {
  if (size >= 6 && memcmp(bytes, "broken", 6) == 0) {
    enter(IDLE, RESULT_BROKEN);
    return false;
  }
  keep("package", bytes, size);
  enter(DOWNLOADED, RESULT_NONE);
  return true;
}

void fetched(const uint8_t *bytes, size_t size) {
  if (STATE == DOWNLOADING) {
    take(bytes, size);
  }
}

void not_fetched(coap_pdu_code_t code) {
  if (STATE == DOWNLOADING) {
    enter(IDLE, code == 0 ? RESULT_LOST : RESULT_URI);
  }
}

static unsigned write_package(const coap_pdu_t *request) {
  size_t size = 0, offset = 0, total = 0;
  const uint8_t *bytes = NULL;
  int format = option(request, COAP_OPTION_CONTENT_FORMAT);
  coap_get_data_large(request, &size, &bytes, &offset, &total);
  if (format != FORMAT_OPAQUE && format != FORMAT_NONE) {
    return 415;
  }
  if (size == 1 && bytes[0] == 0 && STATE != UPDATING) {
    enter(IDLE, RESULT_NONE);
    return 204;
  }
  if (size == 0 || STATE != IDLE) {
    return 400;
  }
  return take(bytes, size) ? 204 : 500;
}

static unsigned write_uri(const coap_pdu_t *request) {
  char uri[256];
  size_t size = 0;
  const uint8_t *bytes = NULL;
  int format = option(request, COAP_OPTION_CONTENT_FORMAT);
  coap_get_data(request, &size, &bytes);
  /* One that takes SenML only is allowed to, from 1.1 on. */
  if (setting.format == FORMAT_TLV ? format != FORMAT_TLV && format != FORMAT_TEXT : format != FORMAT_CBOR) {
    return 415;
  }
  if (!decode_text(format, bytes, size, uri, sizeof uri)) {
    return 400;
  }
  if (uri[0] == 0) {
    enter(IDLE, RESULT_NONE);
    return 204;
  }
  if (STATE != IDLE) {
    return 400;
  }
  enter(DOWNLOADING, RESULT_NONE);
  fetch(uri);
  return 204;
}

static void update(void) {
  char name[512];
  char version[MOST_TEXT] = "";
  file_name(name, sizeof name, "package");
  FILE *in = fopen(name, "rb");
  if (in != NULL && fgets(version, sizeof version, in) != NULL) {
    version[strcspn(version, "\r\n")] = 0;
  }
  if (in != NULL) {
    fclose(in);
  }
  enter(UPDATING, RESULT_NONE);
  keep("version", version, strlen(version));
  restart_soon();
}

/* What survived: after an update a version, whose Result is told once. */
static void wake_up(void) {
  char name[512];
  file_name(name, sizeof name, "version");
  FILE *in = fopen(name, "rb");
  if (in != NULL) {
    size_t size = fread(VERSION, 1, MOST_TEXT - 1, in);
    VERSION[size] = 0;
    RESULT = RESULT_DONE;
    fclose(in);
  }
}

/* --- Writing and executing. */

static void on_put(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request, const coap_string_t *query,
                   coap_pdu_t *response) {
  const node_t *node = coap_resource_get_userdata(resource);
  (void)session;
  if (query != NULL) {
    respond(response, 204); /* attributes for notifications */
  } else if (node->ids[0] == 5 && node->depth == 3 && node->ids[2] == 0) {
    respond(response, write_package(request));
  } else if (node->ids[0] == 5 && node->depth == 3 && node->ids[2] == 1) {
    respond(response, write_uri(request));
  } else {
    respond(response, bootstraps && node->ids[0] == 1 ? 204 : 405);
  }
}

static void on_post(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request, const coap_string_t *query,
                    coap_pdu_t *response) {
  const node_t *node = coap_resource_get_userdata(resource);
  (void)session;
  (void)request;
  (void)query;
  respond(response, 204);
  if (node->ids[0] == 5 && node->ids[2] == 2 && STATE == DOWNLOADED) {
    update();
  } else if (node->ids[0] == 3 && node->ids[2] == 4) {
    restart_soon();
  } else if (node->ids[0] == 1 && node->ids[2] == 8) {
    update_registration();
  } else {
    respond(response, 405);
  }
}

/* --- Bootstrap. */

static void on_delete(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request, const coap_string_t *query,
                      coap_pdu_t *response) {
  (void)resource;
  (void)session;
  (void)request;
  (void)query;
  memset(&told, 0, sizeof told);
  respond(response, 202);
}

static void on_finish(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request, const coap_string_t *query,
                      coap_pdu_t *response) {
  (void)resource;
  (void)session;
  (void)request;
  (void)query;
  respond(response, told.uri[0] == 0 ? 406 : 204);
  if (told.uri[0] != 0) {
    bootstrapped();
  }
}

static void take_security(const uint8_t *at, const uint8_t *end) {
  uint16_t id;
  const uint8_t *content;
  size_t size;
  while (next_tlv(&at, end, &id, &content, &size)) {
    if (id == 0 && size < sizeof told.uri) {
      memcpy(told.uri, content, size);
    } else if (id == 3 && size < sizeof told.identity) {
      memcpy(told.identity, content, size);
    } else if (id == 5 && size <= sizeof told.key) {
      memcpy(told.key, content, size);
      told.key_size = size;
    }
  }
}

static void on_discover_key(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                            const coap_string_t *query, coap_pdu_t *response) {
  static const char text[] = "lwm2m=1.1,</33457/0>";
  uint8_t format[2];
  (void)resource;
  (void)session;
  (void)query;
  if (!bootstraps || option(request, COAP_OPTION_ACCEPT) != FORMAT_LINKS) {
    respond(response, 404);
    return;
  }
  respond(response, 205);
  coap_add_option(response, COAP_OPTION_CONTENT_FORMAT, coap_encode_var_safe(format, sizeof format, FORMAT_LINKS), format);
  coap_add_data(response, sizeof text - 1, (const uint8_t *)text);
}

/* Resource 16 as a file. */
static bool keep_key(const uint8_t *at, const uint8_t *end) {
  char path[512];
  uint16_t id;
  const uint8_t *content;
  size_t size;
  snprintf(path, sizeof path, "%s/signing-key", setting.store);
  FILE *file = fopen(path, "wb");
  if (file == NULL) {
    return false;
  }
  while (next_tlv(&at, end, &id, &content, &size)) {
    if (id == 16) {
      fwrite(content, 1, size, file);
    }
  }
  return fclose(file) == 0;
}

/* Paths that are not there: instances that the bootstrap server writes. */
static void on_unknown_put(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                           const coap_string_t *query, coap_pdu_t *response) {
  coap_string_t *path = coap_get_uri_path(request);
  size_t size = 0;
  const uint8_t *bytes = NULL;
  (void)resource;
  (void)session;
  (void)query;
  coap_get_data(request, &size, &bytes);
  if (option(request, COAP_OPTION_CONTENT_FORMAT) != FORMAT_TLV) {
    respond(response, 415);
  } else if (path->length >= 3 && memcmp(path->s, "0/", 2) == 0) {
    take_security(bytes, bytes + size);
    respond(response, 204);
  } else if (bootstraps && path->length == 7 && memcmp(path->s, "33457/0", 7) == 0) {
    respond(response, keep_key(bytes, bytes + size) ? 204 : 500);
  } else {
    respond(response, path->length >= 3 && memcmp(path->s, "1/", 2) == 0 ? 204 : 404);
  }
  coap_delete_string(path);
}

/* --- Resources. */

static void add(int depth, uint16_t object, uint16_t instance, uint16_t id) {
  char path[24];
  node_t *node = &nodes[node_count];
  for (int i = 0; i < node_count; i++) {
    const uint16_t *ids = nodes[i].ids;
    if (nodes[i].depth == depth && ids[0] == object && (depth < 2 || ids[1] == instance) && (depth < 3 || ids[2] == id)) {
      return;
    }
  }
  node_count++;
  *node = (node_t){depth, {object, instance, id}, NULL};
  int length = snprintf(path, sizeof path, depth == 1 ? "%u" : depth == 2 ? "%u/%u" : "%u/%u/%u", object, instance, id);
  coap_str_const_t *name = coap_new_str_const((const uint8_t *)path, (size_t)length);
  node->resource = coap_resource_init(name, COAP_RESOURCE_FLAGS_RELEASE_URI | (object == 5 ? COAP_RESOURCE_FLAGS_NOTIFY_CON : 0));
  coap_resource_set_userdata(node->resource, node);
  coap_resource_set_get_observable(node->resource, 1);
  coap_register_request_handler(node->resource, COAP_REQUEST_GET, on_get);
  coap_register_request_handler(node->resource, COAP_REQUEST_PUT, on_put);
  coap_register_request_handler(node->resource, COAP_REQUEST_POST, on_post);
  coap_add_resource(context, node->resource);
}

void make_device(void) {
  static const uint16_t more[][3] = {{5, 0, 0}, {5, 0, 1}, {5, 0, 2}, {3, 0, 4}, {1, 0, 8}};
  values[1].whole = setting.lifetime;
  if (setting.queue_mode) {
    strcpy(values[3].text, strcmp(setting.version, "1.0") == 0 ? "UQ" : "U");
  }
  wake_up();
  for (int i = 0; i < VALUES; i++) {
    add(1, values[i].object, 0, 0);
    add(2, values[i].object, values[i].instance, 0);
    add(3, values[i].object, values[i].instance, values[i].id);
  }
  for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
    add(3, more[i][0], more[i][1], more[i][2]);
  }
  coap_resource_t *root = coap_resource_init(coap_make_str_const(""), 0);
  coap_register_request_handler(root, COAP_REQUEST_DELETE, on_delete);
  coap_add_resource(context, root);
  coap_resource_t *finish = coap_resource_init(coap_make_str_const("bs"), 0);
  coap_register_request_handler(finish, COAP_REQUEST_POST, on_finish);
  coap_add_resource(context, finish);
  coap_resource_t *key = coap_resource_init(coap_make_str_const("33457"), 0);
  coap_register_request_handler(key, COAP_REQUEST_GET, on_discover_key);
  coap_add_resource(context, key);
  coap_add_resource(context, coap_resource_unknown_init(on_unknown_put));
}

void links(char *text, size_t room) {
  bool is_first = strcmp(setting.version, "1.0") == 0;
  snprintf(text, room,
           is_first ? "</>;rt=\"oma.lwm2m\", </1/0>, </3/0>, </5/0>, </3303/0>"
                    : "</>;rt=\"oma.lwm2m\";ct=\"60 110 112 11542\",</1>;ver=1.1,</1/0>,</3>;ver=1.1,</3/0>,</5/0>,</3303>;ver=1.1,</3303/0>");
}
