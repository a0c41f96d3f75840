package dev.mote.service.settings;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Says what is wrong with the configuration in place of a stack.
final class UnknownKeyAnalyzer extends AbstractFailureAnalyzer<UnknownKeyException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, UnknownKeyException cause) {
    return new FailureAnalysis(
        String.valueOf(cause.getMessage()),
        "Correct or remove the key. All keys are in docs/reference/service-configuration.md.",
        cause);
  }
}
