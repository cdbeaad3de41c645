// Keeps the page's own files on the phone, so that it opens without a network. Answers for these files and nothing
// else; asks only the place the page came from. The name changes with the files: a test says what it has to be.

const NAME = "squat-mirror-take-home-11df04da";
const FILES = ["./", "page.js", "set.js", "history.js", "words.js", "style.css"];
const places = FILES.map((file) => new URL(file, self.location).href);

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(NAME).then((box) => box.addAll(places)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("squat-mirror-take-home-") && name !== NAME;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  );
});

self.addEventListener("fetch", (event) => {
  const place = event.request.url.split("#")[0].replace(/index\.html$/, "");
  if (places.includes(place)) {
    event.respondWith(caches.open(NAME).then((box) => box.match(place)).then((kept) => kept || fetch(event.request)));
  }
});
