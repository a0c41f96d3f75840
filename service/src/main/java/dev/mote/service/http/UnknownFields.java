package dev.mote.service.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Finds fields of a body that its record does not have, all of them, before the record is made:
/// its constructor would only say that the field which was meant is missing.
@RestControllerAdvice
final class UnknownFields extends RequestBodyAdviceAdapter {

  private final JsonMapper json;

  UnknownFields(JsonMapper json) {
    this.json = json;
  }

  @Override
  public boolean supports(
      MethodParameter parameter, Type target, Class<? extends HttpMessageConverter<?>> converter) {
    return target instanceof Class<?> type && type.isRecord();
  }

  @Override
  public HttpInputMessage beforeBodyRead(
      HttpInputMessage message,
      MethodParameter parameter,
      Type target,
      Class<? extends HttpMessageConverter<?>> converter)
      throws IOException {
    byte[] body = message.getBody().readAllBytes();
    try {
      List<Problem.FieldError> unknown = new ArrayList<>();
      collect("", target, json.readTree(body), unknown);
      if (!unknown.isEmpty()) {
        throw Problem.invalid(unknown);
      }
    } catch (JacksonException _) {
      // The converter says what is wrong with it.
    }
    return new Body(message.getHeaders(), body);
  }

  private static void collect(
      String path, Type type, JsonNode value, List<Problem.FieldError> unknown) {
    if (type instanceof Class<?> record && record.isRecord() && value.isObject()) {
      Map<String, Type> components = new TreeMap<>();
      for (RecordComponent component : record.getRecordComponents()) {
        components.put(component.getName(), component.getGenericType());
      }
      value
          .properties()
          .forEach(
              field -> {
                String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                Type there = components.get(field.getKey());
                if (there == null) {
                  unknown.add(error(name, field.getKey(), components.keySet()));
                } else {
                  collect(name, there, field.getValue(), unknown);
                }
              });
    } else if (type instanceof ParameterizedType generic
        && generic.getRawType() instanceof Class<?> raw) {
      Type inner = generic.getActualTypeArguments()[0];
      if (raw == Optional.class) {
        collect(path, inner, value, unknown);
      } else if (Collection.class.isAssignableFrom(raw) && value.isArray()) {
        for (int i = 0; i < value.size(); i++) {
          collect(path + "[" + i + "]", inner, value.get(i), unknown);
        }
      }
    }
  }

  private static Problem.FieldError error(String path, String name, Collection<String> components) {
    return new Problem.FieldError(
        path, "is not a field here; there are " + components + Closest.hint(name, components));
  }

  private record Body(HttpHeaders headers, byte[] bytes) implements HttpInputMessage {

    @Override
    public InputStream getBody() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }
  }
}
