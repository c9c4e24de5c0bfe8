import type { Strings } from './strings.ts';

export const spanish: Strings = {
  shareUsage: 'Compartir datos de uso anónimos',
  shareUsageDescription:
    'Ayuda a mejorar {app} compartiendo estadísticas de uso anónimas. Nunca recopilamos tus transcripciones, claves de API ni información personal.',
  learnMore: 'Más información sobre privacidad',
  seeWaiting: 'Ver lo que está pendiente de enviar',
  moreOptions: 'Más opciones',
  shareCrashes: 'Enviar informes de fallos',
  shareCrashesDescription:
    'Cuando {app} falla, informa en qué lugar de su código ocurrió. Antes se eliminan nombres, rutas y claves.',
  anonymousId: 'Tu identificador anónimo',
  exportData: 'Exportar mis datos',
  deleteData: 'Eliminar mis datos',
  close: 'Cerrar',
  cancel: 'Cancelar',

  exporting: 'Reuniendo tus datos…',
  exported: 'Guardado en un archivo: lo pendiente en este equipo y lo que conserva el servidor.',
  exportedLocalOnly:
    'No se pudo contactar con el servidor, así que el archivo solo contiene lo pendiente en este equipo. Inténtalo de nuevo con conexión.',
  deleteTitle: '¿Eliminarlo todo?',
  deleteQuestion:
    'Se elimina lo pendiente en este equipo y todo lo que el servidor conserva sobre esta instalación. Tu identificador anónimo se sustituye por otro. No se puede deshacer.',
  deleteConfirm: 'Eliminar',
  deleting: 'Eliminando tus datos…',
  deletedNothing: 'Eliminado. El servidor no conservaba nada sobre esta instalación.',
  deleted: 'Eliminado del servidor: {events}, {crashes}.',
  deletePending:
    'Eliminado en este equipo. No se pudo contactar con el servidor: la solicitud se conserva y se repite hasta que el servidor la cumpla.',
  erasurePending: 'Una eliminación espera al servidor. Se repite hasta que el servidor la cumpla.',
  failed: 'No ha funcionado. Inténtalo de nuevo.',

  notConnected: 'La telemetría no está en marcha: no se recopila nada.',
  consentUnknown:
    'Tu archivo de ajustes no se puede leer en este momento. Mientras tanto, no se registra ni se envía nada.',
  notDurable: 'Ahora no se puede guardar nada en este disco; lo pendiente se pierde al cerrar {app}.',

  privacyTitle: 'Privacidad',
  privacyCollected: 'Qué se comparte',
  privacyCollectedItems: [
    'Qué funciones se usan, con qué frecuencia y cuánto tardan',
    'La versión de {app}, el sistema operativo y el país de tu zona horaria',
    'Un número aleatorio creado en este equipo, para poder contar los usos',
    'Tras un fallo: el error y en qué lugar del código de {app} ocurrió',
  ],
  privacyNever: 'Qué no se comparte nunca',
  privacyNeverItems: [
    'Lo que dices, escribes, grabas o transcribes',
    'Tu nombre, correo electrónico, cuenta o dirección IP',
    'Claves de API, contraseñas, nombres de archivo y ubicación exacta',
  ],
  privacyHow: 'Qué puedes hacer',
  privacyHowItems: [
    'Desactivarlo cuando quieras; lo pendiente se elimina al momento',
    'Mirar cada registro antes de que se envíe',
    'Exportar o eliminar todo, sin necesidad de una cuenta',
  ],
  privacyPolicy: 'Leer la política de privacidad',

  waitingTitle: 'Pendiente de enviar',
  waitingSummary: '{records} · {size}',
  waitingNothing: 'No hay nada pendiente.',
  waitingOff: 'Compartir está desactivado: no se registran datos de uso.',
  waitingPaused: 'Los datos de uso se retienen hasta que hayas visto el aviso inicial.',
  waitingFirst: {
    one: 'El primer registro, tal como se enviará:',
    other: 'Los primeros {count} registros, tal como se enviarán:',
  },
  lastSent: 'Último envío: {records}, {time}',
  lastSentNever: 'Todavía no se ha enviado nada.',
  droppedTitle: 'Nunca enviado',
  dropReasons: {
    queue_full: 'La cola estaba llena',
    expired: 'Esperó demasiado',
    damaged: 'Perdido con un archivo dañado',
    before: 'Retenido por {app}',
    unknown: 'Fuera de lo que {app} puede recopilar',
    invalid: 'Fuera de lo que {app} puede recopilar',
    unreadable: 'No se pudo leer',
    rejected: 'Rechazado por el servidor',
    undeliverable: 'Rechazado por el servidor',
    ipc: 'Rechazado desde una página de {app}',
  },
  copy: 'Copiar',
  copyAll: 'Copiar todo',
  copied: 'Copiado.',
  copyByHand: 'El texto está seleccionado: pulsa Ctrl+C o ⌘C para copiarlo.',

  eventCount: { one: '{count} evento de uso', other: '{count} eventos de uso' },
  crashCount: { one: '{count} informe de fallo', other: '{count} informes de fallos' },
  recordCount: { one: '{count} registro', other: '{count} registros' },

  noticeTitle: '{app} comparte datos de uso anónimos',
  noticeText:
    'Nos muestran qué funciona y qué falla. Nunca recopilamos tus transcripciones, claves de API ni información personal. Puedes desactivarlo aquí o más tarde en los ajustes.',
  noticeAccept: 'De acuerdo',
  noticeRefuse: 'Desactivar',
  askTitle: '¿Compartir datos de uso anónimos?',
  askAccept: 'Compartir',
  askRefuse: 'No, gracias',
};
