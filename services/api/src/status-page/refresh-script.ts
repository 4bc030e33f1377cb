/** How often an open page looks for newer figures, in ms. */
export const REFRESH_MS = 10_000;

/** Puts newer figures in the place of those that are shown, as long as somebody may see them. */
export const REFRESH_SCRIPT = `
(() => {
  const note = document.getElementById('cut-off');
  let since;
  async function refresh() {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(8000) });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      document.querySelector('main').replaceWith(page.querySelector('main'));
      since = undefined;
      note.hidden = true;
    } catch {
      since ??= new Date().toISOString().slice(11, 19);
      note.textContent = 'Maestro has not answered since ' + since + ' UTC: what is shown is from before.';
      note.hidden = false;
    }
  }
  setInterval(refresh, ${REFRESH_MS});
  document.addEventListener('visibilitychange', refresh);
})();
`;
