package dev.mote.service.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/// Asks every request for the role that its method requires. A method that says nothing stops the
/// start, before the port is open.
@Component
final class Doorkeeper implements HandlerInterceptor, SmartLifecycle {

  private final ObjectProvider<RequestMappingHandlerMapping> mappings;

  Doorkeeper(ObjectProvider<RequestMappingHandlerMapping> mappings) {
    this.mappings = mappings;
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!(handler instanceof HandlerMethod method) || method.hasMethodAnnotation(Open.class)) {
      return true;
    }
    Requires required = method.getMethodAnnotation(Requires.class);
    Caller caller = CallerArgument.current();
    if (caller == null) {
      throw AccessCodes.notAuthenticated();
    }
    if (required == null || !caller.has(required.value())) {
      String role = required == null ? "?" : required.value().name();
      throw AccessCodes.FORBIDDEN.problem(
          "this needs the role " + role,
          "ask an administrator of the tenant for the role, or use a token that has it.");
    }
    if (required.system() && !caller.system()) {
      throw AccessCodes.FORBIDDEN.problem(
          "this is for administrators of the whole service",
          "use an account or a token that administers the service.");
    }
    return true;
  }

  /// Methods that say neither [Requires] nor [Open]. Those of the generator of the OpenAPI
  /// description, which only tests have, are left out: requests to them are refused all the same.
  static List<String> unguarded(RequestMappingHandlerMapping mapping) {
    List<String> found = new ArrayList<>();
    mapping
        .getHandlerMethods()
        .forEach(
            (info, method) -> {
              if (method.getBeanType().getPackageName().startsWith("org.springdoc")) {
                return;
              }
              boolean open = method.hasMethodAnnotation(Open.class);
              if (open == method.hasMethodAnnotation(Requires.class)) {
                found.add(info + " at " + method.getShortLogMessage());
              }
            });
    return found;
  }

  @Override
  public void start() {
    List<String> found = mappings.stream().flatMap(m -> unguarded(m).stream()).sorted().toList();
    if (!found.isEmpty()) {
      throw new IllegalStateException(
          "methods of controllers that carry neither @Requires nor @Open: " + found);
    }
  }

  @Override
  public void stop() {
    // Nothing runs.
  }

  @Override
  public boolean isRunning() {
    return false;
  }

  /// Before the web server, which starts late.
  @Override
  public int getPhase() {
    return 0;
  }
}
