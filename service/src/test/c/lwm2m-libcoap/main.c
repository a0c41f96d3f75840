/* lwm2m-libcoap --server URI --endpoint NAME --store FOLDER [--identity NAME --key HEX] [--bootstrap]
 *               [--version 1.0|1.1] [--format tlv|json|cbor] [--lifetime SECONDS] [--queue] [--single] [--port NUMBER]
 *
 * Registers, and is a device until SIGTERM, which it deregisters at. */
#include "client.h"

#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

setting_t setting = {NULL, "1.1", FORMAT_TLV, 60, false, false, "."};
coap_context_t *context;

/* What is waited for of the server. */
typedef enum { NOTHING, BOOTSTRAP, REGISTER, UPDATE, DEREGISTER } wait_t;

static char **arguments;
static account_t account;
bool bootstraps;
static uint16_t own_port; /* 0 for any */
static coap_session_t *server;
static coap_session_t *download;
static wait_t waits;
static uint8_t token[8];
static size_t token_size;
static char location[128];
static long restart_at;
static long connect_at;
static long update_at;
static volatile sig_atomic_t stopped;

static long now_ms(void) {
  struct timeval now;
  gettimeofday(&now, NULL);
  return now.tv_sec * 1000L + now.tv_usec / 1000;
}

static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static coap_session_t *connect_to(const coap_uri_t *uri, uint16_t port) {
  char host[128];
  struct addrinfo *found = NULL;
  coap_address_t address;
  snprintf(host, sizeof host, "%.*s", (int)uri->host.length, (const char *)uri->host.s);
  if (getaddrinfo(host, NULL, NULL, &found) != 0) {
    return NULL;
  }
  coap_address_init(&address);
  address.size = found->ai_addrlen;
  memcpy(&address.addr, found->ai_addr, found->ai_addrlen);
  coap_address_set_port(&address, uri->port);
  freeaddrinfo(found);
  coap_address_t local = address;
  coap_address_set_port(&local, port);
  const coap_address_t *from = port == 0 ? NULL : &local; /* of a server on the same machine */
  if (uri->scheme != COAP_URI_SCHEME_COAPS) {
    return coap_new_client_session(context, from, &address, COAP_PROTO_UDP);
  }
  coap_dtls_cpsk_t psk;
  memset(&psk, 0, sizeof psk);
  psk.version = COAP_DTLS_CPSK_SETUP_VERSION;
  psk.psk_info.identity.s = (const uint8_t *)account.identity;
  psk.psk_info.identity.length = strlen(account.identity);
  psk.psk_info.key.s = account.key;
  psk.psk_info.key.length = account.key_size;
  return coap_new_client_session_psk2(context, from, &address, COAP_PROTO_DTLS, &psk);
}

static coap_pdu_t *request(coap_session_t *session, coap_pdu_code_t code, uint8_t *name, size_t *name_size) {
  coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, code, session);
  coap_session_new_token(session, name_size, name);
  coap_add_token(pdu, *name_size, name);
  return pdu;
}

static void add_path(coap_optlist_t **options, const char *path) {
  char copy[256];
  snprintf(copy, sizeof copy, "%s", path);
  for (char *segment = strtok(copy, "/"); segment != NULL; segment = strtok(NULL, "/")) {
    coap_insert_optlist(options, coap_new_optlist(COAP_OPTION_URI_PATH, strlen(segment), (const uint8_t *)segment));
  }
}

static void add_query(coap_optlist_t **options, const char *name, const char *value) {
  char query[256];
  int length = snprintf(query, sizeof query, "%s%s", name, value);
  coap_insert_optlist(options, coap_new_optlist(COAP_OPTION_URI_QUERY, (size_t)length, (const uint8_t *)query));
}

static void say(coap_pdu_code_t code, const char *path, wait_t what) {
  coap_optlist_t *options = NULL;
  coap_pdu_t *pdu = request(server, code, token, &token_size);
  char text[256];
  char lifetime[16];
  waits = what;
  add_path(&options, path);
  if (what == BOOTSTRAP) {
    add_query(&options, "ep=", setting.endpoint);
    if (strcmp(setting.version, "1.0") != 0) {
      add_query(&options, "pct=", "11542");
    }
  } else if (what == REGISTER) {
    uint8_t format = FORMAT_LINKS;
    snprintf(lifetime, sizeof lifetime, "%ld", setting.lifetime);
    coap_insert_optlist(&options, coap_new_optlist(COAP_OPTION_CONTENT_FORMAT, 1, &format));
    add_query(&options, "lwm2m=", setting.version);
    add_query(&options, "ep=", setting.endpoint);
    add_query(&options, "lt=", lifetime);
    bool is_first = strcmp(setting.version, "1.0") == 0;
    add_query(&options, "b=", is_first && setting.queue_mode ? "UQ" : "U");
    if (!is_first && setting.queue_mode) {
      add_query(&options, "Q", "");
    }
  }
  coap_add_optlist_pdu(pdu, &options);
  coap_delete_optlist(options);
  if (what == REGISTER) {
    links(text, sizeof text);
    coap_add_data(pdu, strlen(text), (const uint8_t *)text);
  }
  coap_send(server, pdu);
}

static void start(void) {
  coap_uri_t uri;
  if (server != NULL) {
    coap_session_release(server);
    server = NULL;
  }
  if (coap_split_uri((const uint8_t *)account.uri, strlen(account.uri), &uri) != 0 || (server = connect_to(&uri, own_port)) == NULL) {
    fprintf(stderr, "cannot connect to %s\n", account.uri);
    exit(1);
  }
  coap_session_set_ack_timeout(server, (coap_fixed_point_t){1, 0});
  if (bootstraps) {
    say(COAP_REQUEST_CODE_POST, "bs", BOOTSTRAP);
  } else {
    say(COAP_REQUEST_CODE_POST, "rd", REGISTER);
  }
}

void update_registration(void) { update_at = now_ms() + 10; }

void restart_soon(void) { restart_at = now_ms() + 200; }

void bootstrapped(void) {
  account = told;
  bootstraps = false;
  connect_at = now_ms() + 100;
  fprintf(stderr, "has its account: %s\n", account.uri);
}

void fetch(const char *text) {
  coap_uri_t uri;
  coap_optlist_t *options = NULL;
  uint8_t name[8];
  size_t name_size;
  char path[256];
  if (download != NULL) {
    coap_session_release(download);
    download = NULL;
  }
  if (coap_split_uri((const uint8_t *)text, strlen(text), &uri) != 0 || (download = connect_to(&uri, 0)) == NULL) {
    not_fetched(COAP_RESPONSE_CODE(404));
    return;
  }
  snprintf(path, sizeof path, "%.*s", (int)uri.path.length, (const char *)uri.path.s);
  coap_pdu_t *pdu = request(download, COAP_REQUEST_CODE_GET, name, &name_size);
  add_path(&options, path);
  coap_add_optlist_pdu(pdu, &options);
  coap_delete_optlist(options);
  coap_send(download, pdu);
}

static void remember_location(const coap_pdu_t *received) {
  coap_opt_iterator_t iterator;
  coap_opt_filter_t filter;
  coap_opt_t *one;
  coap_option_filter_clear(&filter);
  coap_option_filter_set(&filter, COAP_OPTION_LOCATION_PATH);
  coap_option_iterator_init(received, &iterator, &filter);
  location[0] = 0;
  while ((one = coap_option_next(&iterator)) != NULL) {
    size_t used = strlen(location);
    snprintf(location + used, sizeof location - used, "/%.*s", (int)coap_opt_length(one), (const char *)coap_opt_value(one));
  }
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent, const coap_pdu_t *received,
                                   const coap_mid_t mid) {
  coap_pdu_code_t code = coap_pdu_get_code(received);
  (void)sent;
  (void)mid;
  if (session == download) {
    size_t size = 0, offset = 0, total = 0;
    const uint8_t *bytes = NULL;
    if (code == COAP_RESPONSE_CODE_CONTENT && coap_get_data_large(received, &size, &bytes, &offset, &total)) {
      fetched(bytes, size);
    } else {
      not_fetched(code);
    }
    return COAP_RESPONSE_OK;
  }
  coap_bin_const_t name = coap_pdu_get_token(received);
  if (session != server || name.length != token_size || memcmp(name.s, token, token_size) != 0) {
    return COAP_RESPONSE_OK;
  }
  fprintf(stderr, "answer %d.%02d to %d\n", code >> 5, code & 31, (int)waits);
  if (waits == DEREGISTER) {
    exit(code == COAP_RESPONSE_CODE_DELETED ? 0 : 2);
  }
  if (waits == REGISTER && code == COAP_RESPONSE_CODE_CREATED) {
    remember_location(received);
    update_at = now_ms() + setting.lifetime * 500;
  } else if (waits == UPDATE && code == COAP_RESPONSE_CODE_CHANGED) {
    update_at = now_ms() + setting.lifetime * 500;
  } else if (waits == REGISTER || waits == UPDATE) {
    location[0] = 0;
    connect_at = now_ms() + 500;
  }
  waits = NOTHING;
  return COAP_RESPONSE_OK;
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent, const coap_nack_reason_t reason, const coap_mid_t mid) {
  (void)sent;
  (void)mid;
  fprintf(stderr, "not answered: %d\n", (int)reason);
  if (session == download) {
    not_fetched(0);
  } else if (session == server) {
    connect_at = now_ms() + 500;
  }
}

static void read_arguments(int count, char **all) {
  for (int i = 1; i < count; i++) {
    const char *value = i + 1 < count ? all[i + 1] : "";
    if (strcmp(all[i], "--bootstrap") == 0) {
      bootstraps = true;
      continue;
    }
    if (strcmp(all[i], "--single") == 0) {
      setting.single = true;
      continue;
    }
    if (strcmp(all[i], "--queue") == 0) {
      setting.queue_mode = true;
      continue;
    }
    if (strcmp(all[i], "--server") == 0) {
      snprintf(account.uri, sizeof account.uri, "%s", value);
    } else if (strcmp(all[i], "--endpoint") == 0) {
      setting.endpoint = value;
    } else if (strcmp(all[i], "--store") == 0) {
      setting.store = value;
    } else if (strcmp(all[i], "--identity") == 0) {
      snprintf(account.identity, sizeof account.identity, "%s", value);
    } else if (strcmp(all[i], "--key") == 0) {
      for (account.key_size = 0; account.key_size < sizeof account.key && value[2 * account.key_size] != 0; account.key_size++) {
        sscanf(value + 2 * account.key_size, "%2hhx", &account.key[account.key_size]);
      }
    } else if (strcmp(all[i], "--version") == 0) {
      setting.version = value;
    } else if (strcmp(all[i], "--format") == 0) {
      setting.format = strcmp(value, "json") == 0 ? FORMAT_JSON : strcmp(value, "cbor") == 0 ? FORMAT_CBOR : FORMAT_TLV;
    } else if (strcmp(all[i], "--port") == 0) {
      own_port = (uint16_t)atoi(value);
    } else if (strcmp(all[i], "--lifetime") == 0) {
      setting.lifetime = atol(value);
    } else {
      fprintf(stderr, "unknown argument %s\n", all[i]);
      exit(64);
    }
    i++;
  }
}

static bool is_due(long *time, long now) {
  if (*time == 0 || now < *time) {
    return false;
  }
  *time = 0;
  return true;
}

int main(int count, char **all) {
  arguments = all;
  read_arguments(count, all);
  signal(SIGTERM, stop);
  coap_startup();
  context = coap_new_context(NULL);
  coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY);
  coap_register_response_handler(context, on_response);
  coap_register_nack_handler(context, on_nack);
  make_device();
  start();
  long second = now_ms() + 1000;
  while (true) {
    coap_io_process(context, 50);
    long now = now_ms();
    if (now >= second) {
      second += 1000;
      tick();
    }
    if (is_due(&restart_at, now)) {
      coap_free_context(context);
      execv("/proc/self/exe", arguments);
    }
    if (is_due(&connect_at, now)) {
      start();
    }
    if (is_due(&update_at, now) && location[0] != 0) {
      say(COAP_REQUEST_CODE_POST, location, UPDATE);
    }
    if (stopped) {
      stopped = 0;
      if (location[0] == 0) {
        return 3;
      }
      say(COAP_REQUEST_CODE_DELETE, location, DEREGISTER);
    }
  }
}
