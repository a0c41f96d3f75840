package dev.mote.service.openapi;

import com.fasterxml.jackson.databind.JavaType;
import dev.mote.service.TestService;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Open;
import dev.mote.service.access.Requires;
import dev.mote.service.http.PageRequest;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.springdoc.core.utils.SpringDocUtils;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/// The OpenAPI description of a running service, in an order that does not change: what springdoc
/// finds, and what every operation has: who may call it, and how it refuses.
final class OpenApiDescription {

  private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

  private final Map<String, Object> root;

  /// @param service started with `--springdoc.api-docs.enabled=true`
  OpenApiDescription(TestService service) {
    SpringDocUtils.getConfig()
        .addRequestWrapperToIgnore(Caller.class, PageRequest.class)
        .replaceWithSchema(tools.jackson.databind.JsonNode.class, new Schema<>());
    ModelConverters.getInstance(true).addConverter(new RequiredOfRecords());
    ModelConverters.getInstance(false).addConverter(new RequiredOfRecords());
    try {
      byte[] yaml =
          service
              .bean(OpenApiWebMvcResource.class)
              .openapiYaml(
                  new MockHttpServletRequest("GET", "/v3/api-docs.yaml"),
                  "/v3/api-docs.yaml",
                  Locale.ENGLISH);
      root = new Yaml().load(new String(yaml, StandardCharsets.UTF_8));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    complete(service);
  }

  String yaml() {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(110);
    options.setIndicatorIndent(0);
    return new Yaml(options).dump(copy(root));
  }

  /// A copy in which nothing stands twice: YAML would write references for it.
  private static Object copy(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, item) -> copy.put(key, copy(item)));
      return copy;
    }
    return value instanceof List<?> list
        ? new ArrayList<>(list.stream().map(OpenApiDescription::copy).toList())
        : value;
  }

  private void complete(TestService service) {
    root.remove("servers");
    root.put("info", map("title", "Mote", "version", "v1", "description", "TinyML as a service."));
    root.put("security", List.of(map("token", List.of()), map("session", List.of())));
    Map<String, Object> paths = new TreeMap<>(object(root, "paths"));
    paths.keySet().removeIf(path -> path.equals("/error"));
    root.put("paths", paths);
    Map<String, Object> components = object(root, "components");
    Map<String, Object> schemas = new TreeMap<>(object(components, "schemas"));
    schemas.put("Problem", problem());
    components.put("schemas", schemas);
    components.put(
        "responses",
        map(
            "Problem",
            map(
                "description",
                "Why it was refused",
                "content",
                map("application/problem+json", map("schema", ref("schemas/Problem"))))));
    components.put(
        "securitySchemes",
        map(
            "token",
            map("type", "http", "scheme", "bearer"),
            "session",
            map("type", "apiKey", "in", "cookie", "name", "mote_session")));
    Map<String, HandlerMethod> handlers = handlers(service);
    operations().forEach((name, operation) -> complete(operation, handlers.get(name), name));
  }

  private static void complete(Map<String, Object> operation, HandlerMethod method, String name) {
    if (method == null) {
      throw new IllegalStateException(name + " has no method");
    }
    operation.put("operationId", method.getMethod().getName());
    operation.remove("tags");
    Requires requires = method.getMethodAnnotation(Requires.class);
    if (method.hasMethodAnnotation(Open.class)) {
      operation.put("security", List.of());
    } else if (requires != null) {
      operation.put("x-role", requires.value().name());
      if (requires.system()) {
        operation.put("x-system", true);
      }
    }
    Map<String, Object> responses = object(operation, "responses");
    responses.keySet().removeIf(code -> code.startsWith("4") || code.startsWith("5"));
    responses.put("default", ref("responses/Problem"));
    if (Arrays.asList(method.getMethod().getParameterTypes()).contains(PageRequest.class)) {
      List<Object> parameters = new ArrayList<>(list(operation, "parameters"));
      parameters.add(parameter("cursor", map("type", "string")));
      parameters.add(
          parameter(
              "limit",
              map(
                  "type",
                  "integer",
                  "minimum",
                  1,
                  "maximum",
                  PageRequest.MOST,
                  "default",
                  PageRequest.USUAL)));
      operation.put("parameters", parameters);
    }
  }

  /// `GET /v1/…` → operation.
  Map<String, Map<String, Object>> operations() {
    Map<String, Map<String, Object>> found = new TreeMap<>();
    object(root, "paths")
        .forEach(
            (path, item) -> {
              for (String method : METHODS) {
                if (((Map<?, ?>) item).containsKey(method)) {
                  @SuppressWarnings("unchecked")
                  Map<String, Object> operations = (Map<String, Object>) item;
                  found.put(
                      method.toUpperCase(Locale.ROOT) + " " + path, object(operations, method));
                }
              }
            });
    return found;
  }

  static Map<String, HandlerMethod> handlers(TestService service) {
    Map<String, HandlerMethod> found = new TreeMap<>();
    service
        .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach(
            (mapping, method) -> {
              for (String path : mapping.getPatternValues()) {
                mapping
                    .getMethodsCondition()
                    .getMethods()
                    .forEach(verb -> found.put(verb.name() + " " + path, method));
              }
            });
    return found;
  }

  private static Map<String, Object> problem() {
    Map<String, Object> text = map("type", "string");
    return map(
        "type",
        "object",
        "required",
        List.of("type", "title", "status", "detail", "code", "fix", "errors"),
        "properties",
        map(
            "type",
            text,
            "title",
            text,
            "status",
            map("type", "integer"),
            "detail",
            text,
            "code",
            map("type", "string", "pattern", "MOTE-[0-9]{4}"),
            "fix",
            text,
            "errors",
            map(
                "type",
                "array",
                "items",
                map(
                    "type",
                    "object",
                    "properties",
                    map("field", map("type", "string"), "message", map("type", "string")))),
            "incident",
            map("type", "string")));
  }

  private static Map<String, Object> parameter(String name, Map<String, Object> schema) {
    return map("name", name, "in", "query", "required", false, "schema", schema);
  }

  private static Map<String, Object> ref(String to) {
    return map("$ref", "#/components/" + to);
  }

  private static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Map<String, Object> map, String key) {
    return (Map<String, Object>) map.computeIfAbsent(key, _ -> new LinkedHashMap<>());
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Map<String, Object> map, String key) {
    return (List<Object>) map.getOrDefault(key, List.of());
  }

  /// What a record always has is required; only its optional components are not.
  private static final class RequiredOfRecords implements ModelConverter {

    @Override
    @SuppressWarnings("rawtypes")
    public Schema resolve(
        AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
      Schema resolved = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
      JavaType java = Json.mapper().constructType(type.getType());
      if (java != null && java.getRawClass().isRecord()) {
        for (Object named : context.getDefinedModels().entrySet()) {
          Map.Entry<?, ?> entry = (Map.Entry<?, ?>) named;
          if (resolved != null
              && resolved.get$ref() != null
              && resolved.get$ref().endsWith("/" + entry.getKey())) {
            require(java.getRawClass(), (Schema<?>) entry.getValue());
          }
        }
      }
      return resolved;
    }

    private static void require(Class<?> type, Schema<?> schema) {
      List<String> required = new ArrayList<>();
      for (RecordComponent component : type.getRecordComponents()) {
        Class<?> raw = component.getType();
        boolean optional =
            raw == Optional.class
                || raw == OptionalInt.class
                || raw == OptionalLong.class
                || raw == OptionalDouble.class
                || component.getAnnotatedType().getAnnotations().length > 0;
        if (!optional
            && schema.getProperties() != null
            && schema.getProperties().containsKey(component.getName())) {
          required.add(component.getName());
        }
      }
      schema.setRequired(required.isEmpty() ? null : required);
    }
  }
}
