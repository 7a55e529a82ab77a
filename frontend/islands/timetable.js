// A timetable that is wider than its place begins with what is going on now.
for (const line of document.querySelectorAll(".gantt .now")) {
  const place = line.closest(".desk-table");
  const { left } = line.getBoundingClientRect();
  place.scrollLeft += left - place.getBoundingClientRect().left - place.clientWidth * 0.6;
}
