type LinkedSocket = Pick<WebSocket, 'addEventListener' | 'removeEventListener' | 'send' | 'readyState'>;

/**
 * The socket for a link that throws where a message finds it not open, also that a call was given up: a promise that nobody
 * waits for, so that the program ends. Between the loss of a connection and its event `close` messages go nowhere instead;
 * the event then rejects every call that waits. Afterwards it is closed, and whoever calls is told.
 */
export function socketUntilClosed(socket: LinkedSocket): LinkedSocket {
  let isGone = socket.readyState === WebSocket.CLOSED;
  socket.addEventListener('close', () => {
    // After the link's own listener, which it adds to the same socket later than this one.
    queueMicrotask(() => (isGone = true));
  });
  return {
    get readyState() {
      if (isGone) return WebSocket.CLOSED;
      return socket.readyState === WebSocket.CONNECTING ? WebSocket.CONNECTING : WebSocket.OPEN;
    },
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    },
    addEventListener: socket.addEventListener.bind(socket),
    removeEventListener: socket.removeEventListener.bind(socket),
  };
}
