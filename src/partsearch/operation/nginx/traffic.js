// Chooses the slot of each request and counts the requests in flight. Nginx runs it for every request: it looks up one
// short text and counts. The wanted traffic comes over the control socket into memory that Nginx's workers share.

import fs from 'fs';

const SLOTS = ['blue', 'green'];
const SERVICES = ['django', 'fastapi'];
const BUCKETS = 100;
const COOKIE = 'partsearch_visitor';
const FIRST = { version: 0, active: 'blue', new: null, share: 0, releases: {}, is_deploying: false, health: {} };

const known = ngx.shared.traffic;
const underWay = ngx.shared.in_flight;

function django(r) {
    return pick(r, 'django');
}

function fastapi(r) {
    return pick(r, 'fastapi');
}

// A route is a slot, or two slots and the weight of the second in percent: "blue green 25".
function pick(r, service) {
    const route = look(r, 'route ' + service);
    const words = route.split(' ');
    const slot = words.length === 3 && bucket(r) < Number(words[2]) ? words[1] : words[0];
    r.variables.picked = service + ' ' + slot;
    underWay.incr(key(r), 1, 0);
    return slot + look(r, 'then ' + slot);
}

// A client keeps its bucket, and so its slot while the weight grows. The cookie has this number and nothing else.
function bucket(r) {
    const cookie = r.variables['cookie_' + COOKIE];
    if (cookie !== undefined && /^\d{1,2}$/.test(cookie)) {
        return Number(cookie);
    }
    const drawn = Math.floor(Math.random() * BUCKETS);
    const secure = r.variables.visitor_scheme === 'https' ? '; Secure' : '';
    r.variables.new_cookie = COOKIE + '=' + drawn + '; Path=/; HttpOnly; SameSite=Lax' + secure;
    return drawn;
}

// Called when a request has ended, successful or not. Returns whether Nginx logs it for the deployment.
function ended(r) {
    if (!r.variables.picked) {
        return '';
    }
    underWay.incr(key(r), -1, 0);
    return look(r, 'logging');
}

// The key has the worker's pid: the requests of a killed worker never end, and are removed by it.
function key(r) {
    return r.variables.picked + ' ' + process.pid;
}

// Returns the release in the headers of Nginx's own answers.
function release(r) {
    return look(r, 'release');
}

// Returns the address with each byte that is not ASCII percent-encoded, as a browser sends it.
function encodedAddress(r) {
    const bytes = r.rawVariables.request_uri;
    let encoded = '';
    for (let place = 0; place < bytes.length; place += 1) {
        const byte = bytes[place];
        encoded += byte < 0x80 ? String.fromCharCode(byte) : '%' + byte.toString(16).toUpperCase();
    }
    return encoded;
}

function look(r, name) {
    const found = known.get(name);
    if (found !== undefined) {
        return found;
    }
    // Nginx has just started: the file has the wanted traffic, which the health checker sends again within a second.
    keep(fromFile(r));
    return known.get(name);
}

function fromFile(r) {
    try {
        return Object.assign({}, FIRST, JSON.parse(fs.readFileSync(r.variables.traffic_file, 'utf8')));
    } catch (error) {
        return FIRST;
    }
}

function keep(traffic) {
    SERVICES.forEach((service) => known.set('route ' + service, routeOf(traffic, service)));
    SLOTS.forEach((slot) => known.set('then ' + slot, fallbackOf(traffic, slot)));
    known.set('logging', traffic.is_deploying ? '1' : '');
    known.set('release', traffic.releases[traffic.active] || '');
    known.set('traffic', JSON.stringify(traffic));
}

// A slot keeps its traffic unless it is known to be unhealthy. It takes over the traffic of the other slot only if it is
// known to be healthy. If both are unhealthy, the route is the wanted one.
function routeOf(traffic, service) {
    const hasHealth = (slot, isHealthy) => (traffic.health[slot] || {})[service] === isHealthy;
    const active = traffic.active;
    const fresh = traffic.new;
    if (fresh && traffic.share > 0 && traffic.share < BUCKETS) {
        const unhealthy = [active, fresh].filter((slot) => hasHealth(slot, false));
        if (unhealthy.length !== 1) {
            return active + ' ' + fresh + ' ' + traffic.share;
        }
        return unhealthy[0] === active ? fresh : active;
    }
    const wanted = fresh && traffic.share >= BUCKETS ? fresh : active;
    const other = SLOTS.find((slot) => slot !== wanted);
    return hasHealth(wanted, false) && traffic.releases[other] && hasHealth(other, true) ? other : wanted;
}

// During a deployment the other release answers the requests of a process that exits: see the upstreams.
function fallbackOf(traffic, slot) {
    const other = SLOTS.find((one) => one !== slot);
    return traffic.is_deploying && traffic.releases[other] ? '_then_' + other : '';
}

// The control socket: GET returns the traffic, PUT changes it.
function control(r) {
    if (r.method === 'GET') {
        look(r, 'logging');
        r.return(200, JSON.stringify(Object.assign(current(), { in_flight: inFlight() })));
    } else if (r.method === 'PUT') {
        change(r);
    } else {
        r.return(405);
    }
}

function change(r) {
    const wanted = JSON.parse(r.requestText);
    const before = current();
    if (wanted.version < before.version) {
        r.return(409);
        return;
    }
    keep(Object.assign({}, FIRST, { health: before.health }, wanted));
    r.return(200);
}

function current() {
    return JSON.parse(known.get('traffic') || JSON.stringify(FIRST));
}

function inFlight() {
    const sums = {};
    underWay.keys(1024).forEach((name) => {
        const words = name.split(' ');
        if (isGone(words[2])) {
            underWay.delete(name);
            return;
        }
        const sum = words[0] + ' ' + words[1];
        sums[sum] = (sums[sum] || 0) + underWay.get(name);
    });
    return sums;
}

function isGone(pid) {
    return exists('/proc/self') && !exists('/proc/' + pid);
}

function exists(path) {
    try {
        fs.accessSync(path);
        return true;
    } catch (error) {
        return false;
    }
}

export default { django, fastapi, ended, release, encodedAddress, control };
