#include "serve/deployment.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "catalog/load.h"
#include "cloud/aws/aws_cloud.h"
#include "cloud/local/local_cloud.h"
#include "serve/aws_config.h"
#include "serve/controller.h"
#include "serve/gateway.h"
#include "serve/journal_file.h"

namespace paragon {
namespace {

constexpr Duration kJournalFlush = std::chrono::seconds(1);
constexpr Duration kMachinesEnd = std::chrono::seconds(35);  // a worker drains for 30 s at most

// What is alive between start and end, in the order in which it can be torn down backwards.
class Deployment {
 public:
  Deployment(ServeConfig config, Catalog catalog)
      : config_(std::move(config)), catalog_(std::move(catalog)) {}

  Status start() {
    JournalSink sink;
    if (!config_.journal.empty()) {
      auto journal = JournalFile::create(config_.journal);
      if (!journal) return journal.error();
      journal_ = std::move(journal).value();
      sink = [this](std::string_view line) { journal_->add(line); };
    }
    controller_ = std::make_unique<Controller>(loop_, catalog_, config_.brain, config_.controller,
                                               std::move(sink));
    if (Status opened = open_cloud(); !opened) return opened;
    auto gateway = Gateway::open(loop_, *controller_, config_);
    if (!gateway) return gateway.error();
    gateway_ = std::move(gateway).value();
    loop_.on_signal([this](int number) { on_signal(number); });
    controller_->start(*cloud_);
    flush();
    spdlog::info("event=started scheme={} cloud={} {} variants={}", config_.brain.scheme,
                 config_.cloud, cloud_described_, catalog_.variants().size());
    return {};
  }

  std::string url() const {
    auto address = parse_address(config_.gateway.http);
    std::string host = address->host == "0.0.0.0" ? "127.0.0.1"
                       : address->host == "::"    ? "::1"
                                                  : address->host;
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return fmt::format("{}://{}:{}", config_.gateway.tls_certificate.empty() ? "http" : "https",
                       host, gateway_->port());
  }

  void run() {
    loop_.run();
    const Bill bill = controller_->brain().meter().bill(loop_.now());
    spdlog::info("event=stopped answered={} refused={} cost_usd={:.6f}",
                 controller_->statistics().answered,
                 controller_->brain().status(loop_.now()).refused, bill.total().value);
    if (journal_) {
      journal_->flush();
      if (!journal_->failed().empty())
        spdlog::error("event=journal error=\"{}\"", journal_->failed());
    }
  }

 private:
  Status open_cloud() {
    const auto on_event = [this](const CloudEvent& event) { controller_->on_cloud_event(event); };
    if (config_.cloud == "aws") return open_aws(on_event);
    LocalCloudSettings local;
    local.catalog_file = config_.catalog;
    local.models_dir = config_.models_dir;
    local.log_level = config_.log_level;
    local.cpu = config_.cpu;
    local.seed = config_.seed;
    local.machines_max = config_.brain.machines_max;
    auto cloud = LocalCloud::open(loop_, catalog_, local, on_event);
    if (!cloud) return cloud.error();
    cloud_described_ = fmt::format("cpu=\"{}\"", (*cloud)->capping());
    cloud_ = std::move(cloud).value();
    return {};
  }

  Status open_aws(const Cloud::OnEvent& on_event) {
    auto settings = aws_settings(config_);
    if (!settings) return settings.error();
    auto account = aws::Account::open(loop_, aws::this_process(), settings->region);
    if (!account) return account.error();
    account_ = std::move(account).value();
    auto cloud = AwsCloud::open(*account_, catalog_, std::move(settings).value(), on_event);
    if (!cloud) return cloud.error();
    cloud_described_ = fmt::format("region={} deployment={} credentials=\"{}\"", account_->region(),
                                   config_.aws.deployment, account_->described());
    cloud_ = std::move(cloud).value();
    return {};
  }

  void on_signal(int number) {
    if (draining_) {
      spdlog::warn("event=signal number={} action=end_at_once", number);
      loop_.stop();
      return;
    }
    draining_ = true;
    spdlog::info("event=signal number={} action=drain in_flight={}", number,
                 controller_->in_flight());
    gateway_->drain([this] { end_machines(); });
    patience_ = loop_.after(config_.drain, [this] {
      spdlog::warn("event=drain_too_long in_flight={}", controller_->in_flight());
      end_machines();
    });
  }

  void end_machines() {
    if (ending_) return;
    ending_ = true;
    patience_.cancel();
    controller_->stop(kMachinesEnd, [this] { loop_.stop(); });
  }

  void flush() {
    if (!journal_ || !journal_->failed().empty()) return;
    journal_->flush();
    if (!journal_->failed().empty()) {
      spdlog::error("event=journal error=\"{}\"", journal_->failed());
    }
    flush_timer_ = loop_.after(kJournalFlush, [this] { flush(); });
  }

  ServeConfig config_;
  Catalog catalog_;
  Loop loop_;
  std::unique_ptr<JournalFile> journal_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<aws::Account> account_;  // of a cloud on AWS
  std::unique_ptr<Cloud> cloud_;
  std::string cloud_described_;  // for the log
  std::unique_ptr<Gateway> gateway_;
  Loop::Timer flush_timer_;
  Loop::Timer patience_;
  bool draining_ = false;
  bool ending_ = false;
};

}  // namespace

Status run_deployment(ServeConfig config,
                      const std::function<void(const std::string& url)>& listening) {
  LoadOptions options;
  options.models_dir = config.models_dir;
  options.speed = config.speed.value_or(0);
  auto catalog = load_catalog(config.catalog, options);
  if (!catalog) return catalog.error();
  Status good = check(config, *catalog);
  if (!good) return good;
  if (!config.provisioned.empty())
    config.controller.provisioned = find_provisioned(*catalog, config.provisioned).value();
  Deployment deployment(std::move(config), std::move(catalog).value());
  Status started = deployment.start();
  if (!started) return started;
  listening(deployment.url());
  deployment.run();
  return {};
}

}  // namespace paragon
