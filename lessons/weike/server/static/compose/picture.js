// A picture from a phone's camera made small before it travels. Drawing it on a canvas also turns
// it the right way up and leaves behind where and when it was taken; the server checks again.

const LONGEST = 1600;
const SMALL = 400000;
const QUALITY = 0.85;
const DRAWN = ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"];

/** {file, name} to send: a smaller picture, or the file itself where that serves as well. */
export async function smaller(file) {
  if (!DRAWN.includes(file.type)) return { file, name: file.name };
  let image;
  try {
    image = await loaded(file);
  } catch {
    return { file, name: file.name };
  }
  const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
  if (scale === 1 && file.size <= SMALL) return { file, name: file.name };
  const keepsClear = file.type === "image/png" && file.size <= 4 * SMALL;
  const blob = await drawn(image, scale, keepsClear ? "image/png" : "image/jpeg");
  if (!blob || (scale === 1 && blob.size >= file.size)) return { file, name: file.name };
  const stem = file.name.replace(/\.[^.]*$/, "") || "picture";
  return { file: blob, name: stem + (keepsClear ? ".png" : ".jpg") };
}

function loaded(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = () => reject(new Error("no picture"));
      image.src = reader.result;
    };
    reader.readAsDataURL(file);
  });
}

function drawn(image, scale, type) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const pen = canvas.getContext("2d");
  if (type === "image/jpeg") {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
}
