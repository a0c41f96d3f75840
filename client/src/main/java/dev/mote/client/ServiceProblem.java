package dev.mote.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why the service refused, or why it could not be asked.
///
/// The code has a page among the error codes of Mote; 86xx are of the way to the service.
public final class ServiceProblem extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// What is wrong with one field of a request.
  public record FieldError(String field, String message) {}

  private final int code;
  private final int status;
  private final String fix;
  private final transient List<FieldError> fields;
  private final transient Optional<String> incident;
  private final transient Optional<Duration> retryAfter;

  ServiceProblem(
      int code,
      int status,
      String what,
      String fix,
      List<FieldError> fields,
      Optional<String> incident,
      Optional<Duration> retryAfter) {
    super(what);
    this.code = code;
    this.status = status;
    this.fix = fix;
    this.fields = List.copyOf(fields);
    this.incident = incident;
    this.retryAfter = retryAfter;
  }

  /// Something that went wrong here, not in the service.
  static ServiceProblem local(int code, String what, String fix, @Nullable Throwable cause) {
    ServiceProblem problem =
        new ServiceProblem(code, 0, what, fix, List.of(), Optional.empty(), Optional.empty());
    if (cause != null) {
      problem.initCause(cause);
    }
    return problem;
  }

  /// The number after `MOTE-`.
  public int code() {
    return code;
  }

  /// `MOTE-nnnn`.
  public String label() {
    return "MOTE-%04d".formatted(code);
  }

  /// Status of the answer; 0 when there was none.
  public int status() {
    return status;
  }

  /// What is wrong, a sentence.
  public String what() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  /// What to do about it, a sentence.
  public String fix() {
    return fix;
  }

  /// Fields of the request that are wrong.
  public List<FieldError> fields() {
    return fields;
  }

  /// Number under which the service's log tells more, of unexpected failures.
  public Optional<String> incident() {
    return incident;
  }

  /// When another try makes sense, if the service said so.
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
