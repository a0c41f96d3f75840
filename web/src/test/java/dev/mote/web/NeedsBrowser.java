package dev.mote.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Skips a class where there is no browser, or no pages for it.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsBrowser.Condition.class)
@interface NeedsBrowser {

  final class Condition implements ExecutionCondition, ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      Class<?> type = parameter.getParameter().getType();
      return type == Station.class || type == Chromium.class;
    }

    /// One for all tests of a run, closed at its end.
    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      ExtensionContext.Store store = context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL);
      return parameter.getParameter().getType() == Station.class
          ? store.computeIfAbsent(Station.class, _ -> Station.start(), Station.class)
          : store.computeIfAbsent(Chromium.class, _ -> Chromium.start(), Chromium.class);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (Chromium.program().isEmpty()) {
        return ConditionEvaluationResult.disabled(
            "there is no Chromium on the path: scripts/need browser says how to get it");
      }
      if (!Sources.hasPages()) {
        return ConditionEvaluationResult.disabled("web/dist is not built: run scripts/web");
      }
      return ConditionEvaluationResult.enabled("there are a browser and pages");
    }
  }
}
