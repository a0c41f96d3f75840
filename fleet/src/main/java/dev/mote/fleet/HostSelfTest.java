package dev.mote.fleet;

import dev.mote.emulator.LibraryPayload;
import dev.mote.fleet.device.Packages;
import dev.mote.module.Manifest;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Runs golden vectors of shared libraries on this machine, once for each library: equal devices
/// would get the same result. Other payloads pass.
public final class HostSelfTest implements Packages.SelfTest {

  private final Map<Bytes, Boolean> results = new ConcurrentHashMap<>();

  @Override
  public boolean passes(Manifest manifest, int index, Bytes payload) {
    if (manifest.payloads().get(index).kind() != Payload.Kind.SHARED_LIBRARY) {
      return true;
    }
    // The vectors may differ where the library is the same.
    Bytes key = payload.sha256().then(Bytes.utf8(manifest.golden().toString()).sha256());
    return results.computeIfAbsent(key, _ -> LibraryPayload.passes(manifest, index, payload));
  }
}
