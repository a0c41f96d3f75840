/* A device that is managed over LwM2M: it registers, takes modules, tests them, goes back where one is bad, and sends what the
 * module in use makes of samples. README.md says how to build and run it, and what a device of your own does differently. */
#include <mbedtls/memory_buffer_alloc.h>
#include <string.h>

#include "classify.h"
#include "console.h"
#include "lwm2m/objects.h"
#include "platform.h"
#if MOTE_DTLS
#include "port/dtls/dtls.h"
#endif
#include "port/mbedtls/mbedtls_crypto.h"

/* Flash: the runtime's state, the client's, then slots. A module that is not confirmed after so many starts is given up. */
enum { SECTOR = 4096, SLOT = 512 * 1024, SLOTS = 2, STATE = MOTE_STATE_SECTORS * SECTOR, KEEP = MOTE_KEEP_SECTORS * SECTOR };
/* On a machine of 64 bits, the library takes twice what it takes on a board. */
enum { HEAP_BYTES = (sizeof(void *) / 4) * MOTE_MBEDTLS_HEAP_BYTES };
enum { FLASH_BYTES = STATE + KEEP + SLOTS * SLOT, RAM_BYTES = 512 * 1024, TRIAL_BOOTS = 3, OBJECTS = 5, ENTRY_ABI = 1, PIECE_BYTES = 1024 };

static settings_t settings;
static mote_config_t config;
static mote_runtime_t runtime;
static mote_lwm2m_t client;
static mote_lwm2m_config_t client_config;
static mote_software_t software;
static mote_device_facts_t device;
static mote_inference_facts_t inference;
static mote_module_facts_t module;
static mote_object_t objects[OBJECTS];

static bool open;          /* the model in the arena is that of the module in use */
static bool stalled;
static uint32_t samples;
static uint32_t sampled_at;
static uint64_t microseconds;

static bool self_test(void *context, const mote_module_t *candidate) {
  (void)context;
  open = false; /* it takes the arena */
  say("self-test of module %", (int64_t)candidate->manifest.sequence);
  return classify_self_test(candidate, &config.crypto) && settings.behaviour != FAILS_SELF_TEST;
}

static void configure_runtime(void) {
  const platform_facts_t *facts = &platform_facts;
  config.flash = platform_flash(FLASH_BYTES);
  config.trust.keys = settings.vendors;
  config.trust.key_count = settings.vendor_count;
  config.recipients = &settings.recipient;
  config.recipient_count = settings.has_recipient;
  config.device.architectures = facts->architectures;
  config.device.architecture_count = facts->architecture_count;
  config.device.features = facts->features;
  config.device.feature_count = facts->feature_count;
  config.device.abi = facts->abi;
  config.device.ram_bytes = CLASSIFY_ARENA_BYTES;
  config.device.flash_bytes = SLOT - SECTOR;
  config.device.runtime = MOTE_RUNTIME_VERSION;
  config.device.kinds = &facts->kind_number;
  config.device.kind_count = 1;
  config.state = 0;
  config.slots = STATE + KEEP;
  config.slot_bytes = SLOT;
  config.slot_count = SLOTS;
  config.trial_boots = TRIAL_BOOTS;
  config.self_test = self_test;
}

static void describe(void) {
  static const char *kinds[2];
  static const char *const features[] = {"delta", NULL};
  const platform_facts_t *facts = &platform_facts;
  uint32_t lie = settings.behaviour == LIES ? 8 : 1;
  kinds[0] = facts->kind;
  device.manufacturer = "Mote";
  device.model = facts->model;
  device.serial = settings.endpoint;
  device.firmware = "1.0";
  device.memory_free = CLASSIFY_ARENA_BYTES * lie;
  inference.architecture = facts->architecture;
  inference.extensions = facts->extensions;
  inference.core = facts->core;
  inference.target = facts->target;
  inference.operating_system = facts->system;
  inference.kinds = kinds;
  inference.features = features;
  inference.clock_hz = facts->clock_hz;
  inference.ram_bytes = RAM_BYTES * lie;
  inference.ram_free = CLASSIFY_ARENA_BYTES * lie;
  inference.flash_bytes = 2 * FLASH_BYTES * lie;
  inference.flash_free = (SLOT - SECTOR) * lie;
  inference.abi = ENTRY_ABI;
  inference.slots = SLOTS;
}

static void restart(void *context) {
  (void)context;
  say("restart", 0);
  platform_restart();
}

/* Where a download has come to. */
static void moved(void *context, uint32_t bytes) {
  static bool crossed; /* what is in the first piece says whether the download began, or goes on after a restart */
  static uint32_t first;
  (void)context;
  first = first == 0 ? bytes : first;
  if (crossed || bytes < settings.behaves_at || first > PIECE_BYTES) {
    return;
  }
  crossed = true;
  if (settings.behaviour == STALLS) {
    say("stalls at byte %", bytes);
    stalled = true;
  } else if (settings.behaviour == REBOOTS) {
    say("reboots at byte %", bytes);
    platform_restart();
  }
}

static void registered(void *context, bool is) {
  (void)context;
  say(is ? "registered" : "not registered", 0);
}

/* Datagrams, by DTLS when the device has a key for it. */
static mote_datagram_t network(void) {
  mote_datagram_t plain = platform_network(&settings);
#if MOTE_DTLS
  static mote_dtls_t dtls;
  mote_datagram_t secure;
  if (settings.identity != NULL) {
    if (!mote_dtls_start(&dtls, &plain, settings.identity, settings.psk, settings.psk_size, &secure)) {
      say("no memory for DTLS", 0);
    }
    return secure;
  }
#endif
  return plain;
}

static void configure_client(void) {
  client_config.endpoint = settings.endpoint;
  client_config.lifetime_s = settings.lifetime_s;
  client_config.awake_ms = settings.awake_ms;
  client_config.port = network();
  client_config.objects = objects;
  client_config.object_count = OBJECTS;
  client_config.registered = registered;
  software.client = &client;
  software.runtime = &runtime;
  software.restart = restart;
  software.moved = moved;
  module.software = &software;
  objects[0] = mote_server_object(&client);
  objects[1] = mote_device_object(&device);
  objects[2] = mote_software_object(&software);
  objects[3] = mote_inference_object(&inference);
  objects[4] = mote_module_object(&module, SLOTS);
  mote_lwm2m_start(&client, &client_config);
}

/* Starts the module that the runtime has chosen; one on trial is tested first. */
static void start_module(void) {
  if (runtime.running.slot == MOTE_NO_SLOT) {
    say("no module", 0);
    return;
  }
  say(mote_software_on_trial(&software) ? "module % on trial" : "module %", (int64_t)runtime.running.manifest.sequence);
  if (mote_software_on_trial(&software)) {
    bool good = classify_self_test(&runtime.running, &config.crypto) && settings.behaviour != FAILS_TRIAL;
    say(good ? "confirmed" : "goes back", 0);
    mote_software_decide(&software, good);
  }
}

/* Sends what came of the last sample, and what was counted. */
static void report(void) {
  static const uint16_t told[] = {MOTE_MODULE_CLASS, MOTE_MODULE_SCORE, MOTE_MODULE_INFERENCES, MOTE_MODULE_MEAN,
                                  MOTE_MODULE_LONGEST, MOTE_MODULE_SELF_TEST};
  mote_path_t paths[sizeof told / sizeof told[0]];
  for (uint32_t i = 0; i < sizeof told / sizeof told[0]; i++) {
    paths[i] = mote_path(MOTE_MODULE_ID, runtime.running.slot, told[i]);
    mote_lwm2m_changed(&client, MOTE_MODULE_ID, runtime.running.slot, told[i]);
  }
  (void)mote_lwm2m_send(&client, paths, sizeof paths / sizeof paths[0]);
}

static void sample(void) {
  answer_t answer;
  if (!open) {
    open = classify_open(&runtime.running) == MOTE_OK;
  }
  mote_error_t error = open ? classify(&runtime.running, samples++, &answer) : MOTE_NO_MODEL;
  if (error != MOTE_OK) {
    say("inference failed: %", error);
    return;
  }
  module.ran = true;
  module.inferences++;
  microseconds += answer.microseconds;
  module.mean_us = (uint32_t)(microseconds / module.inferences);
  module.longest_us = answer.microseconds > module.longest_us ? answer.microseconds : module.longest_us;
  module.last_class = answer.label;
  module.last_score = answer.score;
  say_score(answer.label, answer.score, answer.microseconds);
  if (settings.report_each > 0 && module.inferences % settings.report_each == 0) {
    report();
  }
}

/* Takes the next sample when it is its time; how long until then. */
static uint32_t sample_step(uint32_t wait) {
  uint32_t passed = mote_lwm2m_now(&client) - sampled_at;
  if (settings.interval_ms == 0 || !mote_software_active(&software) || client.state != MOTE_REGISTERED) {
    return wait;
  }
  if (passed >= settings.interval_ms) {
    sampled_at += passed;
    sample();
    return 0;
  }
  return wait < settings.interval_ms - passed ? wait : settings.interval_ms - passed;
}

/* What the server sees in object 9. */
static void say_state(void) {
  static uint8_t state = 0xff;
  static uint32_t error;
  static const char *const words[] = {"initial", "downloading", "downloaded", "delivered", "installed"};
  if (software.state != state) {
    state = software.state;
    say_text("software ", words[state]);
  }
  if (software.keep.now.last_error != error) {
    error = software.keep.now.last_error;
    say(error == 0 ? "nothing is refused any more" : error < MOTE_NOT_A_MODULE ? "refused: runtime error %" : "refused: MOTE-%", error);
  }
}

int main(void) {
  static uint8_t heap[HEAP_BYTES]; /* of the cryptographic library; nothing else has one */
  mbedtls_memory_buffer_alloc_init(heap, sizeof heap);
  char *text = platform_begin();
  const char *wrong = text == NULL ? "there is none" : settings_read(text, &mote_mbedtls_crypto, &settings);
  if (wrong != NULL) {
    say_text("device.conf: ", wrong);
    return 1;
  }
  config.crypto = mote_mbedtls_crypto;
  configure_runtime();
  describe();
  configure_client();
  mote_error_t error = mote_start(&runtime, &config);
  if (error != MOTE_OK) {
    say("the module in use is damaged: %", error);
  }
  mote_software_start(&software, STATE);
  start_module();
  say_text("device ", settings.endpoint);
  for (;;) {
    uint32_t wait = 1000;
    if (!stalled) {
      wait = mote_lwm2m_step(&client);
      uint32_t other = mote_software_step(&software);
      say_state();
      wait = sample_step(wait < other ? wait : other);
    }
    if (device.reboot_wanted && client.exchange.kind == MOTE_NO_EXCHANGE) {
      restart(NULL);
    }
    platform_wait(wait);
  }
}
