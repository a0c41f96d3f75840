package dev.mote.service.http;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpMethod;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/// What the sender is told of an exception.
final class Problems {

  private Problems() {}

  /// The problem that an exception stands for; empty for what nobody expected.
  static Optional<Problem> of(Throwable thrown) {
    return Optional.ofNullable(
        switch (thrown) {
          case Problem p -> p;
          case HttpMessageNotReadableException e -> unreadable(e);
          case MethodArgumentNotValidException e -> Problem.invalid(fields(e.getFieldErrors()));
          case HandlerMethodValidationException e -> Problem.invalid(parameters(e));
          case MissingServletRequestParameterException e ->
              Problem.invalid(e.getParameterName(), "is missing from the address");
          case MissingRequestHeaderException e ->
              Problem.invalid(e.getHeaderName(), "is missing from the headers");
          case ServletRequestBindingException _ ->
              HttpCodes.INVALID.problem("a part of the request is missing", "see the reference.");
          case MethodArgumentTypeMismatchException e -> mismatch(e);
          case NoResourceFoundException e -> nowhere(e.getResourcePath());
          case NoHandlerFoundException e -> nowhere(e.getRequestURL());
          case HttpRequestMethodNotSupportedException e -> method(e);
          case HttpMediaTypeNotAcceptableException e ->
              HttpCodes.NOT_ACCEPTABLE.problem(
                  "the answer cannot be written as the request's Accept asks",
                  "accept one of " + e.getSupportedMediaTypes() + ".");
          case HttpMediaTypeNotSupportedException e ->
              HttpCodes.MEDIA_TYPE.problem(
                  "a body of type " + e.getContentType() + " is not understood here",
                  "send one of " + e.getSupportedMediaTypes() + ".");
          case MaxUploadSizeExceededException _ -> tooLarge("the upload");
          case MultipartException _ ->
              HttpCodes.INVALID.problem(
                  "the parts of the body cannot be told apart", "send the file itself as body.");
          case DataAccessResourceFailureException _,
              CannotCreateTransactionException _,
              QueryTimeoutException _,
              SQLTransientException _ ->
              databaseGone();
          default -> disconnected(thrown) ? databaseGone() : null;
        });
  }

  static Problem databaseGone() {
    return HttpCodes.DATABASE
        .problem("the database does not answer", "try again in a moment; nothing was changed.")
        .retryAfter(java.time.Duration.ofSeconds(5));
  }

  static Problem tooLarge(String what) {
    return HttpCodes.TOO_LARGE.problem(
        what + " is larger than the service takes", "send less, or ask for a higher limit.");
  }

  /// PostgreSQL says 57P01 and the like to connections that it ends, and 08 of those that broke.
  private static boolean disconnected(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && sql.getSQLState() != null
          && (sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P"))) {
        return true;
      }
    }
    return false;
  }

  private static Problem nowhere(String path) {
    return HttpCodes.NOT_FOUND.problem(
        "there is nothing at '%s'".formatted(path), "see /v1/openapi.yaml for what there is.");
  }

  private static Problem method(HttpRequestMethodNotSupportedException e) {
    Collection<HttpMethod> there =
        Optional.<Collection<HttpMethod>>ofNullable(e.getSupportedHttpMethods()).orElse(List.of());
    String names = there.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
    return HttpCodes.METHOD.problem(
        "%s is not possible here".formatted(e.getMethod()), "use one of " + names + ".");
  }

  private static Problem mismatch(MethodArgumentTypeMismatchException e) {
    Class<?> type = e.getRequiredType();
    if (type != null && type.isEnum()) {
      return Problem.invalid(e.getName(), oneOf(String.valueOf(e.getValue()), type));
    }
    String wanted = type == null ? "another type" : "a " + type.getSimpleName();
    return Problem.invalid(e.getName(), "must be " + wanted);
  }

  private static String oneOf(String written, Class<?> type) {
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      names.add(constant.toString());
    }
    return "must be one of %s%s".formatted(names, Closest.hint(written, names));
  }

  private static Problem unreadable(HttpMessageNotReadableException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof Problem problem) {
        return problem;
      }
    }
    return switch (e.getCause()) {
      case UnrecognizedPropertyException u -> unknown(u);
      case ValueInstantiationException v when v.getCause() != null ->
          Problem.invalid(path(v), String.valueOf(v.getCause().getMessage()));
      case InvalidFormatException f when f.getTargetType() != null && f.getTargetType().isEnum() ->
          Problem.invalid(path(f), oneOf(String.valueOf(f.getValue()), f.getTargetType()));
      case MismatchedInputException m ->
          Problem.invalid(path(m), "must be " + described(m.getTargetType()));
      case StreamReadException s ->
          HttpCodes.INVALID.problem(
              "the body is not JSON: line %d, column %d"
                  .formatted(s.getLocation().getLineNr(), s.getLocation().getColumnNr()),
              "send one JSON value.");
      case DatabindException d -> Problem.invalid(path(d), "cannot be read");
      case null, default ->
          HttpCodes.INVALID.problem("the body is missing or cannot be read", "send a JSON object.");
    };
  }

  private static Problem unknown(UnrecognizedPropertyException e) {
    List<String> known =
        Optional.ofNullable(e.getKnownPropertyIds()).orElse(List.of()).stream()
            .map(String::valueOf)
            .sorted()
            .toList();
    String hint = Closest.hint(e.getPropertyName(), known);
    return Problem.invalid(path(e), "is not a field here; there are " + known + hint);
  }

  private static String described(@Nullable Class<?> type) {
    if (type == null) {
      return "another type";
    }
    if (Number.class.isAssignableFrom(type) || (type.isPrimitive() && type != boolean.class)) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (CharSequence.class.isAssignableFrom(type)) {
      return "text";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return type.isRecord() || java.util.Map.class.isAssignableFrom(type)
        ? "an object"
        : "a " + type.getSimpleName();
  }

  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      } else if (step.getIndex() >= 0) {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.isEmpty() ? "body" : path.toString();
  }

  private static List<Problem.FieldError> fields(List<FieldError> errors) {
    return errors.stream()
        .map(e -> new Problem.FieldError(e.getField(), String.valueOf(e.getDefaultMessage())))
        .toList();
  }

  private static List<Problem.FieldError> parameters(HandlerMethodValidationException e) {
    List<Problem.FieldError> found = new ArrayList<>();
    for (ParameterValidationResult result : e.getParameterValidationResults()) {
      String name = String.valueOf(result.getMethodParameter().getParameterName());
      result
          .getResolvableErrors()
          .forEach(
              error ->
                  found.add(
                      new Problem.FieldError(name, String.valueOf(error.getDefaultMessage()))));
    }
    return found;
  }
}
