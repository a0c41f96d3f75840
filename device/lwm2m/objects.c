#include "lwm2m/objects.h"

#include <string.h>

#define COUNT(array) ((uint8_t)(sizeof(array) / sizeof(array)[0]))

/* --- Object 1. */

enum { SHORT_ID = 0, LIFETIME = 1, LEAST = 2, MOST = 3, STORING = 6, BINDING = 7, TRIGGER = 8 };

enum { SHORT_SERVER_ID = 1, MOST_LIFETIME_S = 31536000, MOST_PERIOD_S = 1000000 };

static const mote_resource_t server_resources[] = {
    {SHORT_ID, MOTE_INTEGER, MOTE_READ},
    {LIFETIME, MOTE_INTEGER, MOTE_READ | MOTE_WRITE},
    {LEAST, MOTE_INTEGER, MOTE_READ | MOTE_WRITE},
    {MOST, MOTE_INTEGER, MOTE_READ | MOTE_WRITE},
    {STORING, MOTE_BOOLEAN, MOTE_READ},
    {BINDING, MOTE_TEXT, MOTE_READ},
    {TRIGGER, 0, MOTE_EXECUTE},
};

static bool server_read(void *context, uint16_t instance, uint16_t resource, uint16_t index, mote_value_t *value) {
  const mote_lwm2m_t *c = context;
  (void)instance;
  (void)index;
  switch (resource) {
    case SHORT_ID:
      *value = mote_integer(SHORT_SERVER_ID);
      return true;
    case LIFETIME:
      *value = mote_integer(c->lifetime_s);
      return true;
    case LEAST:
      *value = mote_integer(c->least_s);
      return true;
    case MOST:
      *value = mote_integer(c->most_s);
      return c->most_s > 0;
    case STORING:
      *value = mote_boolean(false);
      return true;
    case BINDING:
      *value = mote_text("U");
      return true;
    default:
      return false;
  }
}

static uint8_t server_write(void *context, uint16_t instance, uint16_t resource, const mote_value_t *value) {
  mote_lwm2m_t *c = context;
  int64_t least = resource == LIFETIME ? 1 : 0;
  (void)instance;
  if (value->integer < least || value->integer > (resource == LIFETIME ? MOST_LIFETIME_S : MOST_PERIOD_S)) {
    return MOTE_COAP_BAD_REQUEST;
  }
  if (resource == LIFETIME) {
    c->lifetime_s = (uint32_t)value->integer;
    mote_lwm2m_update(c);
  } else {
    *(resource == LEAST ? &c->least_s : &c->most_s) = (uint32_t)value->integer;
  }
  return MOTE_COAP_CHANGED;
}

static uint8_t server_execute(void *context, uint16_t instance, uint16_t resource, mote_bytes_t arguments) {
  (void)instance;
  (void)resource;
  (void)arguments;
  mote_lwm2m_update(context);
  return MOTE_COAP_CHANGED;
}

mote_object_t mote_server_object(mote_lwm2m_t *client) {
  mote_object_t object = {MOTE_SERVER_ID, 1,           COUNT(server_resources), server_resources, client,
                          server_read,    server_write, server_execute,          NULL};
  return object;
}

/* --- Object 3. */

enum { MANUFACTURER = 0, MODEL = 1, SERIAL = 2, FIRMWARE = 3, REBOOT = 4, MEMORY_FREE = 10, ERROR_CODE = 11, MODES = 16 };

static const mote_resource_t device_resources[] = {
    {MANUFACTURER, MOTE_TEXT, MOTE_READ},
    {MODEL, MOTE_TEXT, MOTE_READ},
    {SERIAL, MOTE_TEXT, MOTE_READ},
    {FIRMWARE, MOTE_TEXT, MOTE_READ},
    {REBOOT, 0, MOTE_EXECUTE},
    {MEMORY_FREE, MOTE_INTEGER, MOTE_READ},
    {ERROR_CODE, MOTE_INTEGER, MOTE_READ | MOTE_MULTIPLE},
    {MODES, MOTE_TEXT, MOTE_READ},
};

static bool text_or_nothing(const char *text, mote_value_t *value) {
  if (text != NULL) {
    *value = mote_text(text);
  }
  return text != NULL;
}

static bool device_read(void *context, uint16_t instance, uint16_t resource, uint16_t index, mote_value_t *value) {
  const mote_device_facts_t *facts = context;
  (void)instance;
  switch (resource) {
    case MANUFACTURER:
      return text_or_nothing(facts->manufacturer, value);
    case MODEL:
      return text_or_nothing(facts->model, value);
    case SERIAL:
      return text_or_nothing(facts->serial, value);
    case FIRMWARE:
      return text_or_nothing(facts->firmware, value);
    case MEMORY_FREE:
      *value = mote_integer(facts->memory_free / 1024);
      return true;
    case ERROR_CODE:
      *value = mote_integer(0);
      return index == 0;
    case MODES:
      *value = mote_text("U");
      return true;
    default:
      return false;
  }
}

static uint8_t device_execute(void *context, uint16_t instance, uint16_t resource, mote_bytes_t arguments) {
  mote_device_facts_t *facts = context;
  (void)instance;
  (void)resource;
  (void)arguments;
  facts->reboot_wanted = true;
  return MOTE_COAP_CHANGED;
}

static uint8_t no_write(void *context, uint16_t instance, uint16_t resource, const mote_value_t *value) {
  (void)context;
  (void)instance;
  (void)resource;
  (void)value;
  return MOTE_COAP_NOT_ALLOWED;
}

mote_object_t mote_device_object(mote_device_facts_t *facts) {
  mote_object_t object = {MOTE_DEVICE_ID, 1,        COUNT(device_resources), device_resources, facts,
                          device_read,    no_write, device_execute,          NULL};
  return object;
}

/* --- Object 33457. */

enum { ARCHITECTURE, EXTENSIONS, CORE, CLOCK, RAM, RAM_FREE, FLASH, FLASH_FREE, ABI, RUNTIME, KINDS, ACCELERATORS, SYSTEM, SLOTS,
       TARGET, FEATURES };

static const mote_resource_t inference_resources[] = {
    {ARCHITECTURE, MOTE_TEXT, MOTE_READ},
    {EXTENSIONS, MOTE_TEXT, MOTE_READ | MOTE_MULTIPLE},
    {CORE, MOTE_TEXT, MOTE_READ},
    {CLOCK, MOTE_INTEGER, MOTE_READ},
    {RAM, MOTE_INTEGER, MOTE_READ},
    {RAM_FREE, MOTE_INTEGER, MOTE_READ},
    {FLASH, MOTE_INTEGER, MOTE_READ},
    {FLASH_FREE, MOTE_INTEGER, MOTE_READ},
    {ABI, MOTE_INTEGER, MOTE_READ},
    {RUNTIME, MOTE_TEXT, MOTE_READ},
    {KINDS, MOTE_TEXT, MOTE_READ | MOTE_MULTIPLE},
    {SYSTEM, MOTE_TEXT, MOTE_READ},
    {SLOTS, MOTE_INTEGER, MOTE_READ},
    {TARGET, MOTE_TEXT, MOTE_READ},
    {FEATURES, MOTE_TEXT, MOTE_READ | MOTE_MULTIPLE},
};

static bool entry(const char *const *list, uint16_t index, mote_value_t *value) {
  for (uint16_t i = 0; list != NULL && list[i] != NULL; i++) {
    if (i == index) {
      *value = mote_text(list[i]);
      return true;
    }
  }
  return false;
}

static bool number_or_nothing(uint32_t number, mote_value_t *value) {
  *value = mote_integer(number);
  return number > 0;
}

static bool inference_read(void *context, uint16_t instance, uint16_t resource, uint16_t index, mote_value_t *value) {
  const mote_inference_facts_t *facts = context;
  (void)instance;
  switch (resource) {
    case ARCHITECTURE:
      return text_or_nothing(facts->architecture, value);
    case EXTENSIONS:
      return entry(facts->extensions, index, value);
    case CORE:
      return text_or_nothing(facts->core, value);
    case CLOCK:
      return number_or_nothing(facts->clock_hz, value);
    case RAM:
      return number_or_nothing(facts->ram_bytes, value);
    case RAM_FREE:
      *value = mote_integer(facts->ram_free);
      return true;
    case FLASH:
      return number_or_nothing(facts->flash_bytes, value);
    case FLASH_FREE:
      *value = mote_integer(facts->flash_free);
      return true;
    case ABI:
      *value = mote_integer(facts->abi);
      return true;
    case RUNTIME:
      *value = mote_text("1.0");
      return true;
    case KINDS:
      return entry(facts->kinds, index, value);
    case SYSTEM:
      return text_or_nothing(facts->operating_system, value);
    case SLOTS:
      *value = mote_integer(facts->slots);
      return true;
    case TARGET:
      return text_or_nothing(facts->target, value);
    default:
      return entry(facts->features, index, value);
  }
}

mote_object_t mote_inference_object(const mote_inference_facts_t *facts) {
  mote_object_t object = {MOTE_INFERENCE_ID, 1, COUNT(inference_resources), inference_resources, (void *)(uintptr_t)facts,
                          inference_read,    NULL, NULL, NULL};
  return object;
}

/* --- Object 33458. */

enum { IDENTITY = 0, NAME = 1, VERSION = 2, SEQUENCE = 3, STATE = 4, LAST_ERROR = 6 };

static const mote_resource_t module_resources[] = {
    {IDENTITY, MOTE_TEXT, MOTE_READ},
    {NAME, MOTE_TEXT, MOTE_READ},
    {VERSION, MOTE_TEXT, MOTE_READ},
    {SEQUENCE, MOTE_INTEGER, MOTE_READ},
    {STATE, MOTE_INTEGER, MOTE_READ},
    {LAST_ERROR, MOTE_INTEGER, MOTE_READ},
    {MOTE_MODULE_INFERENCES, MOTE_INTEGER, MOTE_READ},
    {MOTE_MODULE_MEAN, MOTE_INTEGER, MOTE_READ},
    {MOTE_MODULE_LONGEST, MOTE_INTEGER, MOTE_READ},
    {MOTE_MODULE_CLASS, MOTE_INTEGER, MOTE_READ},
    {MOTE_MODULE_SCORE, MOTE_FLOAT, MOTE_READ},
    {MOTE_MODULE_SELF_TEST, MOTE_INTEGER, MOTE_READ},
};

/* 16 bytes as 8-4-4-4-12 digits. */
static void write_uuid(const uint8_t *bytes, char *text) {
  static const char digits[] = "0123456789abcdef";
  for (uint32_t i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      *text++ = '-';
    }
    *text++ = digits[bytes[i] >> 4];
    *text++ = digits[bytes[i] & 15];
  }
  *text = '\0';
}

static bool read_manifest(mote_module_facts_t *facts, const mote_slot_view_t *view, uint16_t resource, mote_value_t *value) {
  const uint8_t *identity = view->known ? mote_field(view->manifest.description, MOTE_IDENTITY) : NULL;
  *value = mote_text("");
  switch (resource) {
    case IDENTITY:
      facts->identity[0] = '\0';
      if (view->known) {
        write_uuid(view->manifest.module, facts->identity);
      }
      *value = mote_text(facts->identity);
      return true;
    case NAME:
    case VERSION:
      if (identity != NULL) {
        value->bytes = mote_string(mote_field(identity, resource == NAME ? MOTE_IDENTITY_NAME : MOTE_IDENTITY_VERSION));
      }
      return true;
    default:
      *value = mote_integer(view->known ? (int64_t)view->manifest.sequence : 0);
      return true;
  }
}

static bool module_read(void *context, uint16_t instance, uint16_t resource, uint16_t index, mote_value_t *value) {
  mote_module_facts_t *facts = context;
  const mote_software_t *software = facts->software;
  const mote_kept_t *kept = &software->keep.now;
  const mote_slot_view_t *view = &software->slots[instance];
  bool running = instance == software->runtime->running.slot;
  bool failed = instance == kept->failed_slot;
  (void)index;
  switch (resource) {
    case STATE:
      *value = mote_integer(view->state);
      return true;
    case LAST_ERROR:
      *value = mote_integer(view->state == MOTE_SLOT_REFUSED ? kept->last_error : 0);
      return true;
    case MOTE_MODULE_INFERENCES:
      *value = mote_integer(facts->inferences);
      return running;
    case MOTE_MODULE_MEAN:
      *value = mote_integer(facts->mean_us);
      return running && facts->inferences > 0;
    case MOTE_MODULE_LONGEST:
      *value = mote_integer(facts->longest_us);
      return running && facts->inferences > 0;
    case MOTE_MODULE_CLASS:
      *value = mote_integer(facts->last_class);
      return running && facts->ran;
    case MOTE_MODULE_SCORE:
      *value = mote_float(facts->last_score);
      return running && facts->ran;
    case MOTE_MODULE_SELF_TEST:
      *value = mote_integer(failed && kept->last_error == MOTE_SELF_TEST_FAILED ? MOTE_TEST_FAILED
                            : running                                          ? kept->self_test
                                                                               : MOTE_TEST_NOT_RUN);
      return true;
    default:
      return read_manifest(facts, view, resource, value);
  }
}

mote_object_t mote_module_object(mote_module_facts_t *facts, uint8_t slots) {
  mote_object_t object = {MOTE_MODULE_ID, slots, COUNT(module_resources), module_resources, facts, module_read, NULL, NULL, NULL};
  return object;
}
