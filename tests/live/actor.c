/* A program that behaves as its words say, one act after the other, so that a unit file can state the behaviour that it
 * is about. Linked statically: it runs in any root. The words are the arguments, or those of $ACTS where that is set, so
 * that it can also stand in for a program whose arguments mean something to a rule.
 *
 *   run:NAME         notes the time and the process in /run/live/runs/NAME
 *   sleep:SECONDS    forever           exit:STATUS       kill:SIGNAL (a number, sent to itself)
 *   ignore:SIGNAL    on-hup:TEXT       from now on; TEXT is sent as by `notify` at each SIGHUP
 *   daemon[:FILE]    goes to the background; the parent writes FILE with the id of the child and exits with 0
 *   child            does what follows in a child, whose exit status becomes its own
 *   notify:TEXT      sends TEXT to the manager: `;` stands for a line feed, `@pid` for its id, `@usec` for the time
 *   own:NAME         takes a name on the session bus          disown:NAME       gives it back
 *   listen:PORT      listens on a port of its own             descriptor        exits with 66 unless it was handed one
 *   accept           answers connections on descriptor 3      accept-one        only the next one
 *   reply            answers the connection that descriptor 3 is
 *   write:FILE       touches a file                           remove:FILE
 *   connect:WHERE    connects to a path or port, and prints what comes of it within two seconds
 *   loopback         switches the loopback interface on
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *hangup_text;

static void fail(const char *what) {
    fprintf(stderr, "actor: %s: %s\n", what, strerror(errno));
    exit(70);
}

static int check(int result, const char *what) {
    if (result < 0) fail(what);
    return result;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void note(const char *name) {
    char path[256], line[64];
    snprintf(path, sizeof path, "/run/live/runs/%s", name);
    int file = check(open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), path);
    int length = snprintf(line, sizeof line, "%.3f %d\n", now(), getpid());
    if (write(file, line, length) != length) fail(path);
    close(file);
}

static socklen_t unix_address(struct sockaddr_un *address, const char *path) {
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    strncpy(address->sun_path, path, sizeof address->sun_path - 1);
    size_t length = offsetof(struct sockaddr_un, sun_path) + strlen(address->sun_path);
    if (*path != '@') return length + 1;
    address->sun_path[0] = 0;
    return length;
}

static struct sockaddr_in port_address(const char *port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A service that may not send (no socket, a filter) goes on like one that does not know how to. */
static void notify(const char *text) {
    const char *path = getenv("NOTIFY_SOCKET");
    if (!path) return;
    char message[512];
    size_t length = 0;
    for (const char *at = text; *at && length < sizeof message - 32; at++) {
        if (*at == ';') message[length++] = '\n';
        else if (!strncmp(at, "@pid", 4)) length += sprintf(message + length, "%d", getpid()), at += 3;
        else if (!strncmp(at, "@usec", 5)) length += sprintf(message + length, "%.0f", now() * 1e6), at += 4;
        else message[length++] = *at;
    }
    struct sockaddr_un address;
    socklen_t size = unix_address(&address, path);
    int out = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (out < 0) return;
    sendto(out, message, length, 0, (struct sockaddr *)&address, size);
    close(out);
}

static void on_hangup(int signal) {
    (void)signal;
    notify(hangup_text);
}

static void go_to_background(const char *pid_file) {
    pid_t child = check(fork(), "fork");
    if (child == 0) {
        setsid();
        return;
    }
    if (pid_file) {
        FILE *file = fopen(pid_file, "w");
        if (!file) fail(pid_file);
        fprintf(file, "%d\n", child);
        fclose(file);
    }
    exit(0);
}

static void go_on_in_child(void) {
    pid_t child = check(fork(), "fork");
    if (child == 0) return;
    int status;
    check(waitpid(child, &status, 0), "waitpid");
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static void reply_on(int client) {
    if (write(client, "hello", 5) != 5) fail("write");
    close(client);
}

static void accept_one(void) {
    reply_on(check(accept4(3, NULL, NULL, SOCK_CLOEXEC), "accept"));
}

static void listen_on(const char *port) {
    struct sockaddr_in address = port_address(port);
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    int server = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(bind(server, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(server, 5), "listen");
}

static void say_what_comes(const char *where) {
    struct timeval limit = { .tv_sec = 2 };
    char answer[100];
    int client, status;
    if (strchr(where, '/')) {
        struct sockaddr_un address;
        socklen_t size = unix_address(&address, where);
        client = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
        status = connect(client, (struct sockaddr *)&address, size);
    } else {
        struct sockaddr_in address = port_address(where);
        client = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
        status = connect(client, (struct sockaddr *)&address, sizeof address);
    }
    if (status == 0) {
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        status = recv(client, answer, sizeof answer, 0);
    }
    if (status > 0) printf("%.*s\n", status, answer);
    else if (status == 0) puts("nothing");
    else if (errno == EAGAIN) puts("silence");
    else if (errno == ECONNREFUSED) puts("refused");
    else if (errno == ECONNRESET) puts("reset");
    else if (errno == ENOENT) puts("missing");
    else puts(strerror(errno));
}

static void switch_loopback_on(void) {
    struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
    check(ioctl(check(socket(AF_INET, SOCK_DGRAM, 0), "socket"), SIOCSIFFLAGS, &request), "lo");
}

/* --- As much D-Bus as it takes to own a name ------------------------------------------------------------------------ */

static int bus = -1;

struct message {
    char bytes[1024];
    size_t length;
};

static void align(struct message *to, size_t size) {
    while (to->length % size) to->bytes[to->length++] = 0;
}

static void add_number(struct message *to, uint32_t number) {
    align(to, 4);
    memcpy(to->bytes + to->length, &number, 4);
    to->length += 4;
}

static void add_text(struct message *to, const char *text) {
    add_number(to, strlen(text));
    to->length += sprintf(to->bytes + to->length, "%s", text) + 1;
}

static void add_field(struct message *to, char code, char type, const char *value) {
    align(to, 8);
    to->length += sprintf(to->bytes + to->length, "%c%c%c", code, 1, type) + 1;
    if (type != 'g') {
        add_text(to, value);
        return;
    }
    to->bytes[to->length++] = strlen(value);
    to->length += sprintf(to->bytes + to->length, "%s", value) + 1;
}

/* Calls the bus itself; `flags` go along where the signature asks for them. The answer is read and left at that. */
static void call(const char *member, const char *signature, const char *name, uint32_t flags) {
    static uint32_t serial;
    struct message body = { .length = 0 }, message = { .bytes = "l\1", .length = 3 };
    if (name) add_text(&body, name);
    if (!strcmp(signature, "su")) add_number(&body, flags);
    message.bytes[message.length++] = 1;
    add_number(&message, body.length);
    add_number(&message, ++serial);
    size_t fields = message.length;
    add_number(&message, 0);
    add_field(&message, 1, 'o', "/org/freedesktop/DBus");
    add_field(&message, 2, 's', "org.freedesktop.DBus");
    add_field(&message, 3, 's', member);
    add_field(&message, 6, 's', "org.freedesktop.DBus");
    if (*signature) add_field(&message, 8, 'g', signature);
    uint32_t size = message.length - fields - 4;
    memcpy(message.bytes + fields, &size, 4);
    align(&message, 8);
    memcpy(message.bytes + message.length, body.bytes, body.length);
    message.length += body.length;
    char answer[1024];
    if (write(bus, message.bytes, message.length) != (ssize_t)message.length) fail(member);
    check(read(bus, answer, sizeof answer), member);
}

static void say_to_bus(const char *line, int answered) {
    char answer[256];
    if (write(bus, line, strlen(line)) != (ssize_t)strlen(line)) fail("bus");
    if (answered && read(bus, answer, sizeof answer) <= 0) fail("bus");
}

static void connect_to_bus(void) {
    struct sockaddr_un address;
    socklen_t size = unix_address(&address, "/run/live/bus");
    bus = check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    check(connect(bus, (struct sockaddr *)&address, size), "/run/live/bus");
    /* The NUL byte that goes first, then the user's number, here 0, as hexadecimal text. */
    if (write(bus, "", 1) != 1) fail("bus");
    say_to_bus("AUTH EXTERNAL 30\r\n", 1);
    say_to_bus("BEGIN\r\n", 0);
    call("Hello", "", NULL, 0);
}

/* -------------------------------------------------------------------------------------------------------------------- */

static void act(const char *word, const char *argument) {
#define IS(name) (!strcmp(word, name))
    if (IS("run")) note(argument);
    else if (IS("sleep")) usleep(atof(argument) * 1e6);
    else if (IS("forever")) for (;;) pause();
    else if (IS("exit")) _exit(atoi(argument));
    else if (IS("kill")) raise(atoi(argument));
    else if (IS("ignore")) signal(atoi(argument), SIG_IGN);
    else if (IS("on-hup")) hangup_text = argument, signal(SIGHUP, on_hangup);
    else if (IS("daemon")) go_to_background(argument);
    else if (IS("child")) go_on_in_child();
    else if (IS("notify")) notify(argument);
    else if (IS("own")) {
        if (bus < 0) connect_to_bus();
        call("RequestName", "su", argument, 4);
    } else if (IS("disown")) call("ReleaseName", "s", argument, 0);
    else if (IS("listen")) listen_on(argument);
    else if (IS("descriptor")) {
        if (!getenv("LISTEN_FDS")) exit(66);
    } else if (IS("accept")) for (;;) accept_one();
    else if (IS("accept-one")) accept_one();
    else if (IS("reply")) reply_on(3);
    else if (IS("write")) close(check(open(argument, O_WRONLY | O_CREAT, 0666), argument));
    else if (IS("remove")) unlink(argument);
    else if (IS("connect")) say_what_comes(argument);
    else if (IS("loopback")) switch_loopback_on();
    else {
        fprintf(stderr, "actor: what is `%s`?\n", word);
        exit(64);
    }
}

int main(int count, char **words) {
    char *list = getenv("ACTS"), *word;
    for (int at = 1; (word = list ? strsep(&list, " ") : at < count ? words[at] : NULL); at++) {
        char *argument = strchr(word, ':');
        if (argument) *argument++ = 0;
        act(word, argument);
    }
    return 0;
}
