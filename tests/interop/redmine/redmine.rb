# What is asked of Redmine, in a process of its own: its controllers by their addresses, its models for new accounts.
ENV["RAILS_ENV"] = "production"
Dir.chdir("/usr/share/redmine") { require "/usr/share/redmine/config/environment" }
require_relative "browser"
require_relative "desk"

class Desk
  LINK = %r{https://\S+/account/lost_password\?token=\w+}

  def initialize(base)
    @base = base
    ActionController::Base.allow_forgery_protection = false
    ActionMailer::Base.delivery_method = :test
    ActionMailer::Base.perform_deliveries = true
    ActiveJob::Base.queue_adapter = :inline
    Setting.protocol, Setting.host_name = base.split("://")
  end

  def add_user(email:, login:, password:, active:, sso:, admin:)
    user = User.new(firstname: "Ada", lastname: login, mail: email, language: "en")
    user.login = login
    user.password = user.password_confirmation = password
    user.admin = admin
    user.status = active ? User::STATUS_ACTIVE : User::STATUS_LOCKED
    if sso
      user.auth_source = AuthSourceLdap.find_or_create_by!(name: "staff") do |source|
        source.assign_attributes(host: "127.0.0.1", port: 389, attr_login: "uid", base_dn: "dc=example,dc=com")
      end
    end
    user.save!
    user.id.to_s
  end

  def ask(email:)
    ActionMailer::Base.deliveries.clear
    Browser.new(Rails.application, @base).post("/account/lost_password", mail: email)
    ActionMailer::Base.deliveries.filter_map { |mail| (mail.text_part || mail).body.decoded[LINK] }.first
  end

  def check(link:)
    !form_behind(link).nil?
  end

  def complete(link:, password:)
    browser = form_behind(link)
    return false unless browser
    browser.post("/account/lost_password", new_password: password, new_password_confirmation: password)
    browser.sent_to.to_s.start_with?("/login")
  end

  def signs_in(email:, password:)
    browser = Browser.new(Rails.application, @base)
    browser.post("/login", username: User.find_by_mail(email).login, password: password)
    !browser.sent_to.nil?
  end

  private

  # A browser that was shown the form for a new password; nil where there was none.
  def form_behind(link)
    browser = Browser.new(Rails.application, @base)
    browser.get(link)
    return nil unless browser.sent_to == "/account/lost_password"
    browser.get("/account/lost_password")
    browser.answer.body.include?('name="new_password"') ? browser : nil
  end
end

answer_questions(Desk.new(ARGV.first))
