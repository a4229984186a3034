//! The binary as its users run it: started, posted to, killed, started again.

mod command_line;
mod corpus;
mod crash;
mod feed;
mod gateway;
mod http;
