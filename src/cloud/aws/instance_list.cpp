#include "cloud/aws/instance_list.h"

#include <iterator>
#include <utility>

#include "cloud/aws/ownership.h"

namespace paragon::aws {
namespace {

constexpr int kPageSize = 200;

}  // namespace

struct InstanceList::Impl : std::enable_shared_from_this<Impl> {
  Impl(Service& service, std::string of) : ec2(service), deployment(std::move(of)) {}

  void start() {
    answering = std::exchange(waiting, {});
    found.clear();
    page({});
  }

  void page(const std::string& next_token) {
    ec2::DescribeInstances question;
    question.filters = all_of(deployment);
    question.page_size = kPageSize;
    question.next_token = next_token;
    ServiceCall call{ec2::request_for(ec2.host(), question), actions::kDescribeInstances};
    ec2.send(std::move(call), [weak = weak_from_this()](Reply reply) {
      if (auto self = weak.lock()) self->turned(std::move(reply));
    });
  }

  void turned(Reply reply) {
    if (const auto* refusal = std::get_if<Refusal>(&reply)) return finish(refusal->error);
    auto read = ec2::read_describe_instances(std::get<http::Answer>(reply).body);
    if (!read) return finish(read.error());
    std::move(read->instances.begin(), read->instances.end(), std::back_inserter(found));
    if (!read->next_token.empty()) return page(read->next_token);
    finish(std::exchange(found, {}));
  }

  void finish(const Result<std::vector<ec2::Instance>>& result) {
    const auto self = shared_from_this();  // an asker may end us
    for (auto& done : std::exchange(answering, {})) done(result);
    if (answering.empty() && !waiting.empty()) start();
  }

  Service& ec2;
  std::string deployment;
  std::vector<Done> answering;  // by the list on its way
  std::vector<Done> waiting;    // for the next one
  std::vector<ec2::Instance> found;
};

InstanceList::InstanceList(Service& ec2, std::string deployment)
    : impl_(std::make_shared<Impl>(ec2, std::move(deployment))) {}

InstanceList::~InstanceList() {
  impl_->answering.clear();
  impl_->waiting.clear();
}

void InstanceList::ask(Done done) {
  impl_->waiting.push_back(std::move(done));
  if (impl_->answering.empty()) impl_->start();
}

bool InstanceList::asking() const { return !impl_->answering.empty(); }

}  // namespace paragon::aws
