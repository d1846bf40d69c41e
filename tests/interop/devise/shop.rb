# What is asked of the application: Devise's own controllers by their addresses, the model for the rest.
require_relative "config/application"
Rails.application.initialize!
require_relative "browser"
require_relative "desk"

class Desk
  LINK = %r{https://[^"\s]+/users/password/edit\?reset_password_token=[^"\s]+}

  def initialize(base)
    @base = base
  end

  # The key of tokens, as the preset tells to take it.
  def key
    Devise.token_generator.instance_variable_get(:@key_generator).generate_key("Devise reset_password_token").unpack1("H*")
  end

  def version
    require "devise/version"
    "Devise #{Devise::VERSION} on Rails #{Rails.version}"
  end

  def add_user(email:, password:, confirmed: true, locked: false)
    user = User.new(email: email, password: password)
    user.skip_confirmation_notification!
    user.confirmed_at = Time.now if confirmed
    user.locked_at = Time.now if locked
    user.save!
    user.id.to_s
  end

  def ask(email:)
    ActionMailer::Base.deliveries.clear
    browser.post("/users/password", "user[email]" => email)
    ActionMailer::Base.deliveries.filter_map { |mail| mail.body.decoded[LINK] }.first
  end

  # Its page shows the form whatever the token is: what it asks when the form comes back.
  def check(link:)
    user = User.with_reset_password_token(token_of(link))
    !user.nil? && user.reset_password_period_valid?
  end

  def complete(link:, password:)
    fields = { reset_password_token: token_of(link), password: password, password_confirmation: password }
    page = browser
    page.put("/users/password", fields.transform_keys { |name| "user[#{name}]" })
    !page.sent_to.nil?
  end

  def signs_in(email:, password:)
    page = browser
    page.post("/users/sign_in", "user[email]" => email, "user[password]" => password)
    !page.sent_to.nil? && !page.sent_to.start_with?("/users/sign_in")
  end

  private

  def browser = Browser.new(Rails.application, @base)

  def token_of(link)
    Rack::Utils.parse_query(URI.parse(link).query).fetch("reset_password_token")
  end
end

answer_questions(Desk.new(ARGV.first))
