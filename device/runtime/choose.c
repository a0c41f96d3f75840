#include <stddef.h>
#include <string.h>

#include "runtime/head.h"

static bool equal(mote_bytes_t name, const char *other) {
  return strlen(other) == name.size && memcmp(name.at, other, name.size) == 0;
}

static bool among(mote_bytes_t name, const char *const *names, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (equal(name, names[i])) {
      return true;
    }
  }
  return false;
}

static bool meets(const mote_device_t *device, const uint8_t *requires) {
  mote_bytes_t architecture = mote_string(mote_field(requires, MOTE_ARCHITECTURE));
  if (!equal(architecture, "any") && !among(architecture, device->architectures, device->architecture_count)) {
    return false;
  }
  const uint8_t *feature = mote_field(requires, MOTE_FEATURES);
  uint32_t left = mote_number(feature);
  for (feature = mote_inside(feature); left > 0; left--, feature = mote_next(feature)) {
    if (!among(mote_string(feature), device->features, device->feature_count)) {
      return false;
    }
  }
  const uint8_t *abi = mote_field(requires, MOTE_ABI);
  if (abi != NULL && device->abi != NULL && !equal(mote_string(abi), device->abi)) {
    return false;
  }
  return mote_long_number(mote_field(requires, MOTE_RAM)) <= device->ram_bytes &&
         mote_long_number(mote_field(requires, MOTE_ROM)) <= device->flash_bytes &&
         mote_number(mote_field(requires, MOTE_RUNTIME)) <= device->runtime;
}

mote_error_t mote_choose(const mote_manifest_t *manifest, const mote_device_t *device, mote_payload_t *payload) {
  for (uint32_t k = 0; k < device->kind_count; k++) {
    for (uint32_t i = 0; i < manifest->payload_count; i++) {
      mote_manifest_payload(manifest, i, payload);
      if (payload->kind == device->kinds[k] && meets(device, mote_field(payload->map, MOTE_REQUIREMENTS))) {
        return MOTE_OK;
      }
    }
  }
  return MOTE_TARGET;
}
