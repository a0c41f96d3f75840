package dev.mote.service.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// Why a request is refused, as its sender shall read it (RFC 9457).
///
/// The code has a page in `docs/errors`; the sentences hold nothing that the sender may not know.
public class Problem extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// What is wrong with one field.
  ///
  /// @param field path of the field, such as `waves[1].percent`
  /// @param message what is wrong, a sentence
  public record FieldError(String field, String message) {}

  private final int code;
  private final HttpStatus status;
  private final String fix;
  private final transient List<FieldError> errors;
  private final @Nullable Duration retryAfter;

  private Problem(
      int code,
      HttpStatus status,
      String what,
      String fix,
      List<FieldError> errors,
      @Nullable Duration retryAfter) {
    // A refusal is an answer, not a defect: its stack would say nothing.
    super(what, null, false, false);
    this.code = code;
    this.status = status;
    this.fix = fix;
    this.errors = List.copyOf(errors);
    this.retryAfter = retryAfter;
  }

  /// A problem.
  ///
  /// @param code the number after `MOTE-`
  /// @param what is wrong, a sentence
  /// @param fix what to do about it, a sentence
  public static Problem of(int code, HttpStatus status, String what, String fix) {
    return new Problem(code, status, what, fix, List.of(), null);
  }

  /// There is no such thing, or it is another tenant's, which is the same to the sender.
  ///
  /// @param kind what was looked for: `model`, `device`
  /// @param name its id or name as it was asked for
  public static Problem notFound(String kind, Object name) {
    return HttpCodes.NOT_FOUND.problem(
        "there is no %s '%s'".formatted(kind, name),
        "check the id; a list of those that there are is at the collection's address.");
  }

  /// What a status alone says.
  public static Problem ofStatus(int status) {
    return switch (status) {
      case 404 ->
          HttpCodes.NOT_FOUND.problem(
              "there is nothing here", "see /v1/openapi.yaml for what there is.");
      case 405 -> HttpCodes.METHOD.problem("this method is not possible here", "use another.");
      case 406 -> HttpCodes.NOT_ACCEPTABLE.problem("this cannot be accepted", "accept JSON.");
      case 413 -> Problems.tooLarge("the request");
      case 415 -> HttpCodes.MEDIA_TYPE.problem("this type is not understood", "send JSON.");
      case 503 -> Problems.databaseGone();
      default ->
          status < 500
              ? HttpCodes.INVALID.problem(
                  "the request is malformed", "send it as the reference says.")
              : HttpCodes.UNEXPECTED.problem(
                  "something went wrong that should not", "tell the operator of the service.");
    };
  }

  /// Fields of a request that are wrong, all at once.
  public static Problem invalid(List<FieldError> errors) {
    String what =
        errors.size() == 1
            ? errors.getFirst().field() + ": " + errors.getFirst().message()
            : errors.size() + " fields are wrong";
    return HttpCodes.INVALID.problem(what, "correct what 'errors' lists.").with(errors);
  }

  /// One field of a request that is wrong.
  public static Problem invalid(String field, String message) {
    return invalid(List.of(new FieldError(field, message)));
  }

  /// This problem with fields listed.
  public Problem with(List<FieldError> fields) {
    return new Problem(code, status, what(), fix, fields, retryAfter);
  }

  /// This problem with the time after which another try makes sense.
  public Problem retryAfter(Duration time) {
    return new Problem(code, status, what(), fix, errors, time);
  }

  /// The number after `MOTE-`.
  public int code() {
    return code;
  }

  /// Status of the answer.
  public HttpStatus status() {
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

  /// Fields that are wrong.
  public List<FieldError> errors() {
    return errors;
  }

  /// When to try again.
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /// What goes to the sender.
  public ProblemBody body() {
    return ProblemBody.of(this);
  }
}
