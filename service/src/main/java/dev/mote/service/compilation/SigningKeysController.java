package dev.mote.service.compilation;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// The public keys that firmware trusts.
@RestController
class SigningKeysController {

  private final SigningKeys keys;

  SigningKeysController(SigningKeys keys) {
    this.keys = keys;
  }

  @Operation(summary = "Show the public keys that sign modules, for firmware")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/signing-keys")
  List<SigningKeys.PublicKeyFile> listSigningKeys(Caller caller) {
    return List.of(keys.publicKey(caller.tenant()));
  }
}
