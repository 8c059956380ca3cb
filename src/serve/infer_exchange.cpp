#include "serve/infer_exchange.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "serve/ballots.h"
#include "serve/explain.h"
#include "serve/status_api.h"

namespace paragon {
namespace {

int refused_status(const Refused& refused) {
  switch (refused.why) {
    case Reason::infeasible:
      return 400;
    case Reason::over_budget:
      return 429;
    default:
      break;
  }
  if (refused.why == Reason::machine_lost &&
      refused.last_error.starts_with("a worker answered 5") &&
      !refused.last_error.starts_with("a worker answered 503")) {
    return 500;
  }
  return 503;
}

}  // namespace

struct InferExchange::Served {
  std::string model;
  std::string resource;
  std::string resource_kind;
  Accuracy accuracy;
  Dollars cost;
  Duration predicted_latency{};
  Dollars predicted_cost;
  DecisionId decision;
  QueryClass query_class = QueryClass::strict;
  Relaxation relaxed;
};

InferExchange::InferExchange(Controller& controller, const Query& query, std::size_t top_k,
                             bool explain, oip::InferRequest form, Time arrived, http::Reply reply)
    : controller_(controller),
      query_(query),
      top_k_(top_k),
      explain_(explain),
      form_(std::move(form)),
      arrived_(arrived),
      reply_(std::move(reply)) {}

void InferExchange::verdict(Verdict&& verdict) {
  if (auto* answered = std::get_if<Answered>(&verdict)) {
    reply_(answer(std::move(*answered)));
  } else if (auto* together = std::get_if<AnsweredTogether>(&verdict)) {
    reply_(answer(*together));
  } else if (auto* rejected = std::get_if<Rejected>(&verdict)) {
    http::Response response;
    response.status = rejected->answer.status;
    response.body = std::move(rejected->answer.body);
    reply_(std::move(response));
  } else {
    reply_(refusal(std::get<Refused>(verdict)));
  }
}

http::Response InferExchange::answer(Answered&& answered) const {
  const Catalog& catalog = controller_.catalog();
  auto parsed =
      oip::parse_response(answered.answer.headers.find(oip::kJsonLength), answered.answer.body);
  if (!parsed) {
    spdlog::error("event=answer_unreadable decision={} error=\"{}\"", answered.decision.value,
                  parsed.error().message);
    return oip::error_response(
        {ErrorCode::internal, "the worker's answer could not be read: " + parsed.error().message});
  }
  const Variant& variant = catalog.variant(answered.variant);
  parsed->model_version = variant.version;
  Served served;
  served.model = variant.name;
  served.resource = resource_name(catalog, answered.where, answered.machine_offer);
  served.resource_kind = resource_kind(answered.where);
  served.accuracy = controller_.brain().selector().candidate(answered.variant).accuracy;
  served.cost = answered.cost;
  served.predicted_latency = answered.predicted_latency;
  served.predicted_cost = answered.predicted_cost;
  served.decision = answered.decision;
  served.query_class = answered.query_class;
  served.relaxed = relaxation(answered.variant);
  parsed->parameters["variant"] = variant.name;
  if (explain_) parsed->parameters["explanation"] = explanation(answered);
  return render(*parsed, served);
}

http::Response InferExchange::answer(const AnsweredTogether& together) const {
  const Catalog& catalog = controller_.catalog();
  const Ensemble& ensemble = catalog.ensemble(together.ensemble);
  auto counted = count_votes(catalog, ensemble, together.votes, top_k_);
  if (!counted) {
    spdlog::error("event=answers_unreadable decision={} error=\"{}\"", together.decision.value,
                  counted.error().message);
    return oip::error_response(counted.error());
  }
  Served served;
  served.model = ensemble.name;
  served.resource_kind = "ensemble";
  std::string members, voted;
  for (std::size_t m = 0; m < ensemble.members.size(); ++m) {
    const Variant& member = catalog.variant(ensemble.members[m]);
    members += (members.empty() ? "" : ",") + member.name;
    const auto& vote = together.votes[m];
    if (!vote) continue;
    voted += (voted.empty() ? "" : ",") + member.name;
    served.resource += (served.resource.empty() ? "" : ",") +
                       resource_name(catalog, vote->where, vote->machine_offer);
  }
  served.accuracy = together.accuracy;
  served.cost = together.cost;
  served.predicted_latency = together.predicted_latency;
  served.predicted_cost = together.predicted_cost;
  served.decision = together.decision;
  served.query_class = together.query_class;
  served.relaxed = relaxation({together.ensemble, ensemble.members.front()});
  counted->parameters["ensemble"] = ensemble.name;
  counted->parameters["members"] = members;
  counted->parameters["voted"] = voted;
  if (explain_) {
    counted->parameters["explanation"] =
        fmt::format("asked for {}; {}; {} of {} members voted, by {}", in_words(query_.constraints),
                    in_words(Reason::together),
                    std::count_if(together.votes.begin(), together.votes.end(),
                                  [](const auto& vote) { return vote.has_value(); }),
                    ensemble.members.size(), name(ensemble.rule));
  }
  return render(*counted, served);
}

http::Response InferExchange::render(oip::InferResponse& out, const Served& served) const {
  const Duration latency = controller_.now() - arrived_;
  out.model_name = served.model;
  out.id = form_.id;
  oip::Parameters& p = out.parameters;
  p["resource"] = served.resource;
  p["resource_kind"] = served.resource_kind;
  p["predicted_latency_ms"] = milliseconds(served.predicted_latency);
  p["latency_ms"] = milliseconds(latency);
  p["predicted_cost_usd"] = served.predicted_cost.value;
  p["cost_usd"] = served.cost.value;
  p["accuracy"] = std::round(served.accuracy.value * 1e6) / 1e6;
  p["decision_id"] = static_cast<std::int64_t>(served.decision.value);
  p["class"] = std::string(name(served.query_class));
  const Constraints& asked = query_.constraints;
  const bool bounded = asked.min_accuracy || asked.max_latency || asked.max_cost;
  const bool met = !(asked.min_accuracy && served.accuracy < *asked.min_accuracy) &&
                   !(asked.max_latency && latency > *asked.max_latency) &&
                   !(asked.max_cost && served.cost > *asked.max_cost);
  if (bounded) p["slo_met"] = met;
  const Relaxation& relaxed = served.relaxed;
  if (relaxed.min_accuracy) p["relaxed_min_accuracy"] = relaxed.min_accuracy->value;
  if (relaxed.max_latency) p["relaxed_latency_ms"] = milliseconds(*relaxed.max_latency);
  if (relaxed.max_cost) p["relaxed_max_cost_usd"] = relaxed.max_cost->value;

  oip::Encoded encoded = oip::render_response(out, form_);
  http::Response response;
  response.body = std::move(encoded.body);
  response.content_type = std::move(encoded.content_type);
  if (encoded.json_length > 0) {
    response.headers.add("Inference-Header-Content-Length", std::to_string(encoded.json_length));
  }
  if (form_.raw) {
    const auto text = [&](const char* parameter) { return std::get<std::string>(p.at(parameter)); };
    if (p.contains("variant")) response.headers.add("x-paragon-variant", text("variant"));
    if (p.contains("ensemble")) response.headers.add("x-paragon-ensemble", text("ensemble"));
    response.headers.add("x-paragon-resource", served.resource);
    response.headers.add("x-paragon-predicted-latency-ms",
                         fmt::format("{:.3f}", milliseconds(served.predicted_latency)));
    response.headers.add("x-paragon-latency-ms", fmt::format("{:.3f}", milliseconds(latency)));
    response.headers.add("x-paragon-cost-usd", fmt::format("{:.6g}", served.cost.value));
    response.headers.add("x-paragon-accuracy", fmt::format("{:g}", served.accuracy.value));
    response.headers.add("x-paragon-decision-id", std::to_string(served.decision.value));
    response.headers.add("x-paragon-class", name(served.query_class));
    if (bounded) response.headers.add("x-paragon-slo-met", met ? "true" : "false");
    if (!relaxed.none()) {
      response.headers.add("x-paragon-relaxed", in_words(controller_.catalog(), relaxed));
    }
  }
  return response;
}

Relaxation InferExchange::relaxation(const Pick& pick) const {
  if (!query_.constraints.best_effort.value_or(false)) return {pick, {}, {}, {}, 0};
  return controller_.brain().selector().relaxation(pick, query_.constraints);
}

std::string InferExchange::explanation(const Answered& answered) const {
  const Catalog& catalog = controller_.catalog();
  std::string text = query_.pinned ? "the request named the variant"
                                   : fmt::format("asked for {}", in_words(query_.constraints));
  if (const Relaxation relaxed = relaxation(answered.variant); !relaxed.none()) {
    text += fmt::format("; nothing meets that, so the nearest was taken: {}",
                        in_words(catalog, relaxed));
  }
  text += fmt::format("; {} on {}: {}", catalog.variant(answered.variant).name,
                      resource_name(catalog, answered.where, answered.machine_offer),
                      in_words(answered.why));
  if (answered.attempts > 1) text += fmt::format("; attempt {}", answered.attempts);
  return text;
}

http::Response InferExchange::refusal(const Refused& refused) const {
  std::string message;
  std::vector<Relaxation> nearest;
  if (refused.why == Reason::infeasible) {
    nearest = controller_.brain().nearest(query_);
    message =
        infeasible_because(controller_.catalog(), controller_.brain().selector(), query_, nearest);
  } else if (refused.why == Reason::machine_lost) {
    message = "tried on several machines without an answer";
  } else {
    message = fmt::format("not now: {}", in_words(refused.why));
  }
  if (!refused.last_error.empty()) message += "; last: " + refused.last_error;
  http::Response response = oip::error_response({ErrorCode::unavailable, message});
  if (!nearest.empty()) {
    response.body = status_api::infeasible(controller_.catalog(), controller_.brain().selector(),
                                           message, nearest);
  }
  response.status = refused_status(refused);
  if (response.status == 503 || response.status == 429) {
    const double wait = std::ceil(seconds(refused.retry_after));
    response.headers.add("Retry-After", fmt::format("{:.0f}", std::clamp(wait, 1.0, 3600.0)));
  }
  response.headers.add("x-paragon-reason", name(refused.why));
  response.headers.add("x-paragon-decision-id", std::to_string(refused.decision.value));
  return response;
}

}  // namespace paragon
