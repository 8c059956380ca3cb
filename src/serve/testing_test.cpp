// The pieces declared in testing.h.
#include "serve/testing.h"

#include <algorithm>

#include "wire/oip.h"

namespace paragon::testing {

Catalog small_catalog(bool trio) {
  Catalog::Parts parts;
  Task task;
  task.name = "garment";
  task.labels = {"shirt", "boot", "bag"};
  task.top_k = 3;
  parts.tasks.push_back(task);
  auto add = [&](const char* name, double top1, Duration service) {
    Variant v;
    v.name = name;
    v.task = TaskId{0};
    v.accuracy.top1 = accuracy(top1);
    v.memory = megabytes(100);
    v.file = "/nowhere.onnx";
    v.preprocessing.width = v.preprocessing.height = 28;
    v.preprocessing.channels = ChannelOrder::gray;
    v.preprocessing.mean = {0};
    v.preprocessing.std = {255};
    parts.variants.push_back(v);
    parts.profiles.push_back({service, service + service / 10, 1ms});
  };
  add("small", 0.80, 1ms);
  add("medium", 0.90, 4ms);
  add("large", 0.95, 20ms);
  if (trio) {
    Ensemble all;
    all.name = "trio";
    all.members = {VariantId{0}, VariantId{1}, VariantId{2}};
    all.accuracy.top1 = accuracy(0.97);
    parts.ensembles.push_back(all);
  }
  MachineOffer machine;
  machine.name = "m1";
  machine.vcpus = vcpus(2);
  machine.memory = megabytes(4096);
  machine.price = per_hour(0.36);
  machine.provisioning_delay = {10ms, 0};
  parts.machine_offers.push_back(machine);
  FunctionOffer function;
  function.name = "f1";
  function.memory = megabytes(1024);
  function.vcpus = vcpus(1);
  function.price = per_gb_second(0.0000166667);
  function.price_per_call = dollars(0.0000002);
  function.cold_start = {10ms, 0};
  parts.function_offers.push_back(function);
  auto catalog = Catalog::build(std::move(parts));
  EXPECT_TRUE(catalog.ok()) << (catalog.ok() ? "" : catalog.error().message);
  return std::move(catalog).value();
}

StandIn::StandIn(Loop& loop) : loop_(loop) {
  auto server = http::Server::listen(loop, {}, [this](http::Request&& request, http::Reply reply) {
    if (request.path == "/v2/health/live") {
      if (!healthy) {
        hanging.push_back(std::move(reply));
        return;
      }
      return reply({200, "application/json", {}, R"({"live":true})"});
    }
    if (behaviour_for(request) == Behaviour::hang && request.path.ends_with("/infer")) {
      ++infers;
      last = request;
      hanging.push_back(std::move(reply));
      return;
    }
    reply(respond(request));
  });
  EXPECT_TRUE(server.ok());
  server_ = std::move(server).value();
}

std::string StandIn::variant_of(const http::Request& request) {
  constexpr std::string_view kBefore = "/v2/models/";
  const std::size_t end = request.path.rfind('/');
  return request.path.substr(kBefore.size(), end - kBefore.size());
}

Behaviour StandIn::behaviour_for(const http::Request& request) const {
  const auto own = behaviour_of.find(variant_of(request));
  return own == behaviour_of.end() ? behaviour : own->second;
}

http::Response StandIn::respond(const http::Request& request) {
  if (!request.path.ends_with("/infer")) return {200, "application/json", {}, "{}"};
  ++infers;
  last = request;
  switch (behaviour_for(request)) {
    case Behaviour::fail:
      return oip::error_response({ErrorCode::internal, "the model broke"});
    case Behaviour::busy:
      return oip::error_response({ErrorCode::unavailable, "draining"});
    case Behaviour::throttle:
      return oip::error_response({ErrorCode::throttled, "too many"});
    case Behaviour::refuse:
      return oip::error_response({ErrorCode::invalid, "the picture cannot be decoded"});
    case Behaviour::nonsense:
      return {200, "application/json", {}, "no protocol"};
    case Behaviour::answer:
    case Behaviour::hang:
      break;
  }
  oip::InferResponse response;
  response.model_name = request.path;
  std::vector<std::string_view> names = {"boot", "bag", "shirt"};
  if (const auto other = first_label.find(variant_of(request)); other != first_label.end()) {
    std::iter_swap(names.begin(), std::find(names.begin(), names.end(), other->second));
  }
  oip::Tensor labels{"labels", oip::DataType::bytes, {1, 3}, oip::bytes_data(names)};
  oip::Tensor scores{"scores", oip::DataType::fp32, {1, 3}, std::string(12, '\0')};
  response.outputs = {labels, scores};
  oip::InferRequest binary;
  binary.binary_outputs = true;
  oip::Encoded encoded = oip::render_response(response, binary);
  http::Response out;
  out.content_type = encoded.content_type;
  out.body = encoded.body;
  out.headers.add("Inference-Header-Content-Length", std::to_string(encoded.json_length));
  out.headers.add("x-paragon-service-us", "1500");
  return out;
}

void FakeCloud::launch(MachineOfferId offer, MachineId id) {
  launched.push_back(id);
  if (machines.contains(id)) return;
  machines[id] = {offer, std::make_unique<StandIn>(loop_)};
  if (!boots) return;
  loop_.post([this, alive = std::weak_ptr(alive_), id] {
    if (alive.expired()) return;
    auto found = machines.find(id);
    if (found == machines.end()) return;
    http::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = found->second.worker->port();
    on_event_(MachineReady{id, endpoint});
  });
}

void FakeCloud::terminate(MachineId id) {
  terminated.push_back(id);
  loop_.post([this, alive = std::weak_ptr(alive_), id] {
    if (alive.expired()) return;
    machines.erase(id);
    on_event_(MachineGone{id});
  });
}

void FakeCloud::invoke(FunctionCall call, OnAnswer done) {
  ++calls;
  if (!function_worker) function_worker = std::make_unique<StandIn>(loop_);
  http::Request request;
  request.path = call.target;
  request.headers = call.headers;
  request.method = call.method;
  if (call.body) request.body = *call.body;
  called.push_back(call.target);
  loop_.post([this, alive = std::weak_ptr(alive_), request, done] {
    if (alive.expired()) return;
    if (function_fails) return done(Error{*function_fails, "as the test ordered"});
    http::Response response = function_worker->respond(request);
    FunctionAnswer answer;
    answer.answer = {response.status, response.headers, response.body};
    answer.cold = calls == 1;
    answer.billed = 3ms;
    done(std::move(answer));
  });
}

void FakeCloud::list() {
  loop_.post([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    Listed listed;
    for (const auto& [id, machine] : machines) listed.machines.push_back({id, machine.offer, true});
    on_event_(listed);
  });
}

void FakeCloud::kill(MachineId id, bool say_so) {
  machines.at(id).worker->die();
  if (!say_so) return;
  machines.erase(id);
  on_event_(MachineFailed{id, {ErrorCode::unavailable, "killed"}});
}

ServerTest::ServerTest() : catalog(small_catalog()) {
  config.gateway.http = "127.0.0.1:0";
  config.brain.tick = 100ms;
  config.brain.overhead = 1ms;
  config.controller.machines.probe_timeout = 200ms;
  config.controller.machines.list_every = 500ms;
  config.controller.query_timeout = 1s;
}

ServerTest::~ServerTest() {
  client.reset();
  gateway.reset();
  cloud.reset();
  controller.reset();
}

void ServerTest::start() {
  Status good = check(config, catalog);
  ASSERT_TRUE(good.ok()) << good.error().message;
  controller = std::make_unique<Controller>(
      loop, catalog, config.brain, config.controller,
      [this](std::string_view line) { journal.emplace_back(line); }, scheme);
  cloud = std::make_unique<FakeCloud>(
      loop, [this](const CloudEvent& event) { controller->on_cloud_event(event); });
  cloud->boots = machines_boot;
  auto opened = Gateway::open(loop, *controller, config);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  gateway = std::move(opened).value();
  controller->start(*cloud);
  http::Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = gateway->port();
  client = std::make_unique<http::Client>(loop, endpoint);
}

void ServerTest::run_until(const std::function<bool()>& condition, Duration bound) {
  const Time give_up = loop.now() + bound;
  while (!condition() && loop.now() <= give_up) {
    Loop::Timer timer = loop.after(1ms, [this] { loop.stop(); });
    loop.run();
  }
  EXPECT_TRUE(condition()) << "not within " << milliseconds(bound) << " ms";
}

void ServerTest::until_ready(std::size_t machines) {
  run_until([&] {
    std::size_t ready = 0;
    for (const MachineStatus& m : controller->brain().machines()) {
      ready += m.state == MachineStatus::State::ready;
    }
    return ready >= machines;
  });
}

http::Answer ServerTest::ask(http::Method method, const std::string& target,
                             const std::string& body, const Fields& headers) {
  http::Client::Call call;
  call.method = method;
  call.target = target;
  for (const auto& [name, value] : headers) call.headers.add(name, value);
  if (!body.empty()) call.body = std::make_shared<const std::string>(body);
  std::optional<Result<http::Answer>> got;
  client->send(std::move(call), [&got](Result<http::Answer> answer) { got = std::move(answer); });
  run_until([&got] { return got.has_value(); });
  if (!got || !got->ok()) {
    ADD_FAILURE() << target << ": " << (got ? got->error().message : "no answer");
    return {};
  }
  return std::move(*got).value();
}

http::Answer ServerTest::classify(const Fields& headers) {
  Fields all = headers;
  all.emplace_back("content-type", "image/png");
  return post("/v2/models/garment/infer", kPicture, all);
}

void ServerTest::begin_classify(const Fields& headers) {
  http::Client::Call call;
  call.target = "/v2/models/garment/infer";
  call.headers.add("content-type", "image/png");
  for (const auto& [name, value] : headers) call.headers.add(name, value);
  call.body = std::make_shared<const std::string>(kPicture);
  client->send(std::move(call),
               [this](Result<http::Answer> answer) { answers.push_back(std::move(answer)); });
}

StandIn& ServerTest::worker(std::size_t i) {
  auto it = cloud->machines.begin();
  std::advance(it, static_cast<std::ptrdiff_t>(i));
  return *it->second.worker;
}

}  // namespace paragon::testing
