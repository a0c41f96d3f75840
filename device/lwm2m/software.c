/* A long file: it is one state machine, and each part of it changes the same few variables. */
#include "lwm2m/software.h"

#include <string.h>

#include "lwm2m/objects.h"
#include "runtime/receive.h"

enum {
  PKG_NAME = 0,
  PKG_VERSION = 1,
  PACKAGE = 2,
  PACKAGE_URI = 3,
  INSTALL = 4,
  UNINSTALL = 6,
  UPDATE_STATE = 7,
  UPDATE_RESULT = 9,
  ACTIVATE = 10,
  DEACTIVATE = 11,
  ACTIVATION_STATE = 12
};

/* Before an installation, the answer to the order leaves the device. */
enum { INSTALL_AFTER_MS = 300, MOST_RESTARTS = 2, NEVER = 60000 };

static const mote_resource_t resources[] = {
    {PKG_NAME, MOTE_TEXT, MOTE_READ},
    {PKG_VERSION, MOTE_TEXT, MOTE_READ},
    {PACKAGE, MOTE_OPAQUE, MOTE_WRITE | MOTE_STREAMED},
    {PACKAGE_URI, MOTE_TEXT, MOTE_WRITE},
    {INSTALL, 0, MOTE_EXECUTE},
    {UNINSTALL, 0, MOTE_EXECUTE},
    {UPDATE_STATE, MOTE_INTEGER, MOTE_READ},
    {UPDATE_RESULT, MOTE_INTEGER, MOTE_READ},
    {ACTIVATE, 0, MOTE_EXECUTE},
    {DEACTIVATE, 0, MOTE_EXECUTE},
    {ACTIVATION_STATE, MOTE_BOOLEAN, MOTE_READ},
};

static mote_kept_t *kept(mote_software_t *s) { return &s->keep.now; }

static void tell(mote_software_t *s) {
  mote_lwm2m_changed(s->client, MOTE_SOFTWARE_ID, 0, MOTE_ALL_RESOURCES);
  for (uint16_t slot = 0; slot < s->runtime->config->slot_count; slot++) {
    mote_lwm2m_changed(s->client, MOTE_MODULE_ID, slot, MOTE_ALL_RESOURCES);
  }
}

static void save(mote_software_t *s) { (void)mote_keep_save(&s->keep); }

static bool has_module(const mote_software_t *s) { return s->runtime->running.slot != MOTE_NO_SLOT; }

/* The state when nothing is going on. */
static uint8_t resting(mote_software_t *s) {
  return has_module(s) && kept(s)->cleared == 0 ? MOTE_SOFTWARE_INSTALLED : MOTE_SOFTWARE_INITIAL;
}

static uint8_t result_of(mote_error_t error) {
  switch (error) {
    case MOTE_ROLLBACK:
      return MOTE_RESULT_OWN;
    case MOTE_NOT_A_MODULE:
    case MOTE_UNSUPPORTED_VERSION:
    case MOTE_TARGET:
    case MOTE_PAYLOAD_ABSENT:
    case MOTE_CONTENT_KEY:
    case MOTE_DELTA_BASE:
      return MOTE_RESULT_KIND;
    case MOTE_FLASH_FAILED:
    case MOTE_BAD_LAYOUT:
      return MOTE_RESULT_NO_ROOM;
    case MOTE_SELF_TEST_FAILED:
    case MOTE_BAD_ARENA:
    case MOTE_ENTRY_TABLE:
      return MOTE_RESULT_FAILED;
    default:
      return MOTE_RESULT_INTEGRITY;
  }
}

/* The head in a slot, if there is a whole one. */
static void look_into(mote_software_t *s, uint8_t slot, uint8_t state) {
  mote_module_t module;
  mote_slot_view_t *view = &s->slots[slot];
  view->known = mote_load_head(s->runtime, slot, s->runtime->state.payload[slot], &module) == MOTE_OK;
  view->manifest = module.manifest;
  view->state = view->known ? state : MOTE_SLOT_EMPTY;
}

static void end_download(mote_software_t *s, uint8_t result, mote_error_t error) {
  kept(s)->result = result;
  kept(s)->last_error = (uint32_t)error;
  kept(s)->pulling = 0;
  if (result == MOTE_RESULT_DELIVERED) {
    s->state = MOTE_SOFTWARE_DELIVERED;
    look_into(s, s->runtime->install.slot, MOTE_SLOT_RECEIVED);
  } else {
    kept(s)->cleared = 0;
    if (s->taking && s->runtime->install.slot < s->runtime->config->slot_count) {
      s->slots[s->runtime->install.slot].state = MOTE_SLOT_REFUSED;
    }
    s->state = resting(s);
  }
  s->taking = false;
  save(s);
  tell(s);
}

/* Whether the runtime has all of the file. */
static bool complete(const mote_software_t *s) { return s->runtime->install.step == MOTE_COMPLETE; }

static bool begin(mote_software_t *s) {
  s->received = 0;
  s->taking = false;
  s->discarding = false;
  mote_error_t error = mote_install_begin(s->runtime);
  if (error != MOTE_OK) {
    end_download(s, result_of(error), error);
    return false;
  }
  mote_slot_view_t *view = &s->slots[s->runtime->install.slot];
  view->state = MOTE_SLOT_RECEIVING;
  view->known = false;
  s->taking = true;
  return true;
}

static void show_progress(mote_software_t *s) {
  if (s->state != MOTE_SOFTWARE_DOWNLOADING) {
    s->state = MOTE_SOFTWARE_DOWNLOADING;
    kept(s)->result = MOTE_RESULT_DOWNLOADING;
    kept(s)->last_error = 0;
    kept(s)->failed_slot = MOTE_NO_SLOT;
    kept(s)->cleared = 1; /* until it is installed or refused: whoever restarts here is asked for more */
    save(s);
    tell(s);
  }
}

/* Takes bytes of the file from `offset` on, of which some may be known. */
static mote_error_t take(mote_software_t *s, uint32_t offset, mote_bytes_t bytes) {
  uint32_t known = s->received - offset < bytes.size ? s->received - offset : bytes.size;
  mote_error_t error = mote_install_write(s->runtime, bytes.at + known, bytes.size - known);
  s->received = offset + bytes.size > s->received ? offset + bytes.size : s->received;
  if (s->moved != NULL) {
    s->moved(s->context, s->received);
  }
  return error;
}

/* A download that was interrupted, by a restart or because the connection broke. */
static bool resume(mote_software_t *s) {
  s->discarding = false;
  s->taking = mote_install_resume(s->runtime, &s->received) == MOTE_OK;
  if (s->taking) {
    look_into(s, s->runtime->install.slot, MOTE_SLOT_RECEIVING);
  }
  return s->taking;
}

/* A block of Package. What was refused is taken to its end all the same: state and result say why, and are told at once, while
 * an answer in the middle of a transfer would not. */
static uint8_t push(void *context, uint16_t instance, uint16_t resource, const mote_piece_t *piece) {
  mote_software_t *s = context;
  uint8_t good = piece->last ? MOTE_COAP_CHANGED : MOTE_COAP_CONTINUE;
  (void)instance;
  (void)resource;
  if (s->ordered || mote_software_on_trial(s)) {
    return MOTE_COAP_NOT_ALLOWED;
  }
  if (piece->offset == 0) {
    mote_lwm2m_fetch_stop(s->client);
    kept(s)->pulling = 0;
    if (piece->bytes.size == 0 && piece->last) {
      s->state = resting(s); /* an empty package resets the object */
      tell(s);
      return MOTE_COAP_CHANGED;
    }
    if (!begin(s)) {
      return MOTE_COAP_FAILED;
    }
  } else if (s->discarding) {
    s->discarding = !piece->last;
    return good;
  } else if ((!s->taking || piece->offset > s->received) && (!resume(s) || piece->offset > s->received)) {
    return MOTE_COAP_INCOMPLETE;
  }
  show_progress(s);
  mote_error_t error = take(s, piece->offset, piece->bytes);
  if (error == MOTE_OK && piece->last && !complete(s)) {
    error = MOTE_MALFORMED;
  }
  if (error != MOTE_OK) {
    end_download(s, result_of(error), error);
    s->discarding = !piece->last;
  } else if (piece->last) {
    end_download(s, MOTE_RESULT_DELIVERED, MOTE_OK);
  }
  return good;
}

/* A block that was fetched. */
static uint8_t pulled(void *context, const mote_piece_t *piece) {
  mote_software_t *s = context;
  mote_error_t error = take(s, piece->offset, piece->bytes);
  if (error == MOTE_OK && (complete(s) || !piece->last)) {
    if (!complete(s)) {
      return MOTE_COAP_CONTINUE;
    }
    end_download(s, MOTE_RESULT_DELIVERED, MOTE_OK);
    return MOTE_COAP_CHANGED;
  }
  if (error != MOTE_OK && error >= MOTE_NOT_A_MODULE && s->restarts > 0 && s->restarts < MOST_RESTARTS) {
    /* It went on behind what was there, and that may have been another file: all of it again. */
    s->restarts++;
    s->fetch_wanted = begin(s);
    return MOTE_COAP_INCOMPLETE;
  }
  end_download(s, result_of(error == MOTE_OK ? MOTE_MALFORMED : error), error == MOTE_OK ? MOTE_MALFORMED : error);
  return MOTE_COAP_CHANGED;
}

static void pull_ended(void *context, uint8_t code) {
  mote_software_t *s = context;
  if (code == MOTE_COAP_INCOMPLETE && s->restarts < MOST_RESTARTS) {
    s->restarts++; /* the file has changed meanwhile */
    s->fetch_wanted = begin(s);
    return;
  }
  end_download(s, code == MOTE_COAP_EMPTY || code >> 5 == 5 ? MOTE_RESULT_CONNECTION : MOTE_RESULT_URI, MOTE_OK);
}

/* The path behind "coap://host:port". Only the server that the device is registered at is asked: a name cannot be looked up
 * here, and whoever is not known is not to be trusted with a request. */
static const char *path_of(const mote_software_t *s, const char *uri) {
  const char *scheme = s->client->config->port.secure ? "coaps://" : "coap://";
  uint32_t size = (uint32_t)strlen(scheme);
  return strncmp(uri, scheme, size) == 0 ? strchr(uri + size, '/') : NULL;
}

static void start_pull(mote_software_t *s) {
  const char *path = path_of(s, kept(s)->uri);
  s->hooks.context = s;
  s->hooks.piece = pulled;
  s->hooks.ended = pull_ended;
  s->fetch_wanted = false;
  if (path == NULL || !mote_lwm2m_fetch(s->client, path, s->received, &s->hooks)) {
    end_download(s, MOTE_RESULT_URI, MOTE_OK);
  }
}

static uint8_t write_uri(mote_software_t *s, mote_bytes_t uri) {
  mote_kept_t *k = kept(s);
  if (s->ordered || mote_software_on_trial(s)) {
    return MOTE_COAP_NOT_ALLOWED;
  }
  if (uri.size >= sizeof k->uri || memchr(uri.at, '\0', uri.size) != NULL) {
    return MOTE_COAP_BAD_REQUEST;
  }
  bool same = strlen(k->uri) == uri.size && memcmp(k->uri, uri.at, uri.size) == 0;
  mote_lwm2m_fetch_stop(s->client);
  memcpy(k->uri, uri.at, uri.size);
  k->uri[uri.size] = '\0';
  if (uri.size == 0) {
    s->taking = false;
    k->pulling = 0;
    s->state = resting(s);
    tell(s);
    return MOTE_COAP_CHANGED;
  }
  if (path_of(s, k->uri) == NULL) {
    end_download(s, MOTE_RESULT_URI, MOTE_OK);
    return MOTE_COAP_CHANGED;
  }
  s->restarts = 0;
  if (same && resume(s)) {
    s->restarts = 1;
  } else if (!begin(s)) {
    return MOTE_COAP_FAILED;
  }
  k->pulling = 1;
  s->state = MOTE_SOFTWARE_INITIAL; /* so that the next line saves and tells all of it */
  show_progress(s);
  s->fetch_wanted = true;
  return MOTE_COAP_CHANGED;
}

static uint8_t write(void *context, uint16_t instance, uint16_t resource, const mote_value_t *value) {
  (void)instance;
  return resource == PACKAGE_URI ? write_uri(context, value->bytes) : MOTE_COAP_NOT_ALLOWED;
}

static uint8_t uninstall(mote_software_t *s, mote_bytes_t arguments) {
  if (s->ordered || mote_software_on_trial(s)) {
    return MOTE_COAP_NOT_ALLOWED;
  }
  mote_lwm2m_fetch_stop(s->client);
  s->taking = false;
  s->discarding = false;
  s->fetch_wanted = false;
  kept(s)->pulling = 0;
  kept(s)->uri[0] = '\0';
  kept(s)->cleared = 1;
  kept(s)->result = MOTE_RESULT_INITIAL;
  /* Without the argument that says that another one follows, the module in use is not run any more. */
  if (arguments.size == 0 || arguments.at[0] == '0') {
    kept(s)->inactive = has_module(s);
  }
  s->state = MOTE_SOFTWARE_INITIAL;
  save(s);
  tell(s);
  return MOTE_COAP_CHANGED;
}

static uint8_t activate(mote_software_t *s, bool active) {
  if (s->state != MOTE_SOFTWARE_INSTALLED) {
    return MOTE_COAP_NOT_ALLOWED;
  }
  if ((kept(s)->inactive == 0) != active) {
    kept(s)->inactive = !active;
    save(s);
    tell(s);
  }
  return MOTE_COAP_CHANGED;
}

static uint8_t execute(void *context, uint16_t instance, uint16_t resource, mote_bytes_t arguments) {
  mote_software_t *s = context;
  (void)instance;
  switch (resource) {
    case INSTALL:
      if (s->state != MOTE_SOFTWARE_DELIVERED) {
        return MOTE_COAP_NOT_ALLOWED;
      }
      if (!s->ordered) {
        s->ordered = true;
        s->ordered_at = mote_lwm2m_now(s->client);
      }
      return MOTE_COAP_CHANGED;
    case UNINSTALL:
      return uninstall(s, arguments);
    default:
      return activate(s, resource == ACTIVATE);
  }
}

/* The package that was delivered, or else the module in use. */
static const mote_manifest_t *shown(const mote_software_t *s) {
  const mote_slot_view_t *view = &s->slots[s->runtime->install.slot];
  if (s->state == MOTE_SOFTWARE_DELIVERED && view->known) {
    return &view->manifest;
  }
  return has_module(s) ? &s->runtime->running.manifest : NULL;
}

static bool read(void *context, uint16_t instance, uint16_t resource, uint16_t index, mote_value_t *value) {
  mote_software_t *s = context;
  const mote_manifest_t *manifest = shown(s);
  mote_sink_t digits;
  (void)instance;
  (void)index;
  switch (resource) {
    case PKG_NAME:
      *value = mote_text("");
      if (manifest != NULL) {
        value->bytes = mote_string(mote_field(mote_field(manifest->description, MOTE_IDENTITY), MOTE_IDENTITY_NAME));
      }
      return true;
    case PKG_VERSION:
      mote_sink_begin(&digits, s->version, 0, sizeof s->version);
      if (manifest != NULL) {
        mote_sink_decimal(&digits, (int64_t)manifest->sequence);
      }
      *value = mote_text("");
      value->bytes.at = s->version;
      value->bytes.size = mote_sink_kept(&digits);
      return true;
    case UPDATE_STATE:
      *value = mote_integer(s->state);
      return true;
    case UPDATE_RESULT:
      *value = mote_integer(kept(s)->result);
      return true;
    case ACTIVATION_STATE:
      *value = mote_boolean(mote_software_active(s));
      return true;
    default:
      return false;
  }
}

mote_object_t mote_software_object(mote_software_t *software) {
  mote_object_t object = {MOTE_SOFTWARE_ID, 1, sizeof resources / sizeof resources[0], resources, software, read, write, execute,
                          push};
  return object;
}

bool mote_software_on_trial(const mote_software_t *s) {
  const mote_runtime_t *r = s->runtime;
  return r->state.trial != MOTE_NO_SLOT && r->state.trial == r->running.slot;
}

bool mote_software_active(const mote_software_t *s) { return has_module(s) && s->keep.now.inactive == 0; }

static void installed(mote_software_t *s) {
  mote_kept_t *k = kept(s);
  k->installing = 0;
  k->cleared = 0;
  k->inactive = 0;
  k->last_error = 0;
  k->failed_slot = MOTE_NO_SLOT;
  k->self_test = MOTE_TEST_PASSED;
  k->result = MOTE_RESULT_INSTALLED;
  k->uri[0] = '\0';
  save(s);
  s->state = MOTE_SOFTWARE_INSTALLED;
}

/* The one before is used, and the new one is forgotten. */
static void went_back(mote_software_t *s, uint8_t slot, mote_error_t error) {
  mote_kept_t *k = kept(s);
  k->installing = 0;
  k->cleared = 0;
  k->last_error = (uint32_t)error;
  k->failed_slot = slot;
  k->result = result_of(error);
  k->uri[0] = '\0';
  save(s);
  s->state = resting(s);
  if (slot < s->runtime->config->slot_count) {
    s->slots[slot].state = MOTE_SLOT_REFUSED;
  }
}

void mote_software_decide(mote_software_t *s, bool good) {
  uint8_t slot = s->runtime->running.slot;
  if (good && mote_confirm(s->runtime) == MOTE_OK) {
    installed(s);
    s->slots[slot].state = MOTE_SLOT_ACTIVE;
    tell(s);
    return;
  }
  went_back(s, slot, MOTE_SELF_TEST_FAILED);
  (void)mote_roll_back(s->runtime);
  s->restart(s->context);
}

static void install(mote_software_t *s) {
  uint8_t slot = s->runtime->install.slot;
  s->ordered = false;
  kept(s)->installing = 1;
  kept(s)->sequence = s->slots[slot].manifest.sequence;
  kept(s)->failed_slot = slot;
  save(s);
  mote_error_t error = mote_install_finish(s->runtime);
  if (error != MOTE_OK) {
    went_back(s, slot, error);
    tell(s);
    return;
  }
  s->restart(s->context);
}

uint32_t mote_software_step(mote_software_t *s) {
  if (s->fetch_wanted) {
    start_pull(s);
    return 0;
  }
  uint32_t passed = mote_lwm2m_now(s->client) - s->ordered_at;
  if (!s->ordered) {
    return NEVER;
  }
  if (passed < INSTALL_AFTER_MS) {
    return INSTALL_AFTER_MS - passed;
  }
  install(s);
  return 0;
}

/* What stands in the slots, after a start. */
static void look_around(mote_software_t *s) {
  const mote_runtime_t *r = s->runtime;
  for (uint8_t slot = 0; slot < r->config->slot_count; slot++) {
    mote_slot_view_t *view = &s->slots[slot];
    if (slot == r->running.slot) {
      view->known = true;
      view->manifest = r->running.manifest;
      view->state = mote_software_on_trial(s) ? MOTE_SLOT_TRIAL : MOTE_SLOT_ACTIVE;
    } else if (slot != r->state.receiving) {
      look_into(s, slot, slot == kept(s)->failed_slot ? MOTE_SLOT_REFUSED : MOTE_SLOT_FORMER);
    }
  }
}

void mote_software_start(mote_software_t *s, uint32_t keep_base) {
  mote_runtime_t *r = s->runtime;
  mote_keep_load(&s->keep, &r->config->flash, keep_base);
  mote_kept_t *k = kept(s);
  look_around(s);
  if (k->installing != 0 && !mote_software_on_trial(s)) {
    if (has_module(s) && r->running.manifest.sequence == k->sequence) {
      installed(s); /* the power failed behind the confirmation */
    } else {
      /* It made the processor fault in its self-test, or had all of its starts on trial. */
      went_back(s, k->failed_slot, MOTE_SELF_TEST_FAILED);
      if (r->state.receiving != MOTE_NO_SLOT) {
        (void)mote_install_begin(r); /* the runtime forgets that download */
      }
    }
  }
  s->state = resting(s);
  if (!mote_software_on_trial(s) && r->state.receiving != MOTE_NO_SLOT && resume(s)) {
    if (complete(s)) {
      end_download(s, MOTE_RESULT_DELIVERED, MOTE_OK);
    } else {
      s->state = MOTE_SOFTWARE_DOWNLOADING;
    }
  }
  if (k->pulling != 0 && s->state != MOTE_SOFTWARE_DELIVERED) {
    s->restarts = 1;
    s->fetch_wanted = s->taking || begin(s);
    s->state = s->fetch_wanted ? MOTE_SOFTWARE_DOWNLOADING : s->state;
  }
}
