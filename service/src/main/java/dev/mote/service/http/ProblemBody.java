package dev.mote.service.http;

import java.util.List;
import java.util.Optional;

/// A problem as JSON (RFC 9457), of the media type `application/problem+json`.
///
/// @param type names the code
/// @param title what the status means
/// @param status status of the answer
/// @param detail what is wrong, a sentence
/// @param code `MOTE-nnnn`
/// @param fix what to do about it, a sentence
/// @param errors fields that are wrong
/// @param incident number under which the log tells more, of unexpected problems
public record ProblemBody(
    String type,
    String title,
    int status,
    String detail,
    String code,
    String fix,
    List<Problem.FieldError> errors,
    Optional<String> incident) {

  static ProblemBody of(Problem problem) {
    return of(problem, Optional.empty());
  }

  static ProblemBody of(Problem problem, Optional<String> incident) {
    String code = "MOTE-%04d".formatted(problem.code());
    return new ProblemBody(
        "urn:mote:error:" + code,
        problem.status().getReasonPhrase(),
        problem.status().value(),
        problem.what(),
        code,
        problem.fix(),
        problem.errors(),
        incident);
  }
}
